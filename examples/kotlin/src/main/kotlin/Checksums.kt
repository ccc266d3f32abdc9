package example

import java.nio.file.Files
import java.nio.file.Path
import java.security.MessageDigest
import java.time.Duration
import java.util.HexFormat
import kotlin.io.path.isRegularFile
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.future.await
import kotlinx.coroutines.runBlocking
import pool.api.Option
import pool.api.Worker
import pool.api.WorkerContext
import pool.api.WorkerFactory
import pool.core.Outcome
import pool.core.WorkerPool

// @start region="factory"
class ChecksumFactory : WorkerFactory<Path, String> {
    override fun name() = "checksum"
    override fun jobType() = Path::class.java
    override fun resultType() = String::class.java
    override fun options() = listOf(ALGORITHM)

    override fun open(context: WorkerContext): Worker<Path, String> { // on the worker's thread
        val digest = MessageDigest.getInstance(context.get(ALGORITHM))
        context.own(AutoCloseable { println("${context.workerName()} closes") }) // a resource
        return Worker { file -> HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file))) }
    }

    companion object {
        val ALGORITHM: Option<String> = Option.string("algorithm", "SHA-256", "of the checksums")
    }
}
// @end

fun files(): List<Path> = Files.walk(Path.of("src")).use { all -> all.filter { it.isRegularFile() }.sorted().toList() }

// @start region="pool"
fun checksums(files: List<Path>): Map<Path, String> =
    WorkerPool.of(ChecksumFactory())
        .workers(4)
        .option(ChecksumFactory.ALGORITHM, "SHA-512")
        .jobTimeout(Duration.ofSeconds(10))
        .open()
        .use { pool -> files.zip(pool.map(files)).toMap() } // drains, joins, closes every worker
// @end

// @start region="outcomes"
fun describe(outcome: Outcome<Path, String>): String =
    when (outcome) {
        is Outcome.Succeeded -> outcome.result() ?: "nothing" // a result may be null
        is Outcome.Failed -> "failed: ${outcome.cause()}"
        is Outcome.Cancelled -> "cancelled"
        is Outcome.NotStarted -> "not started"
    }
// @end

// @start region="coroutines"
suspend fun checksumsOf(files: List<Path>, pool: WorkerPool<Path, String>): List<String> =
    coroutineScope {
        files.map { file -> async { pool.submit(file).await() } }.awaitAll() // suspends, and blocks no thread
    }
// @end

// @start region="in-place"
val lengths: WorkerFactory<Path, Long> =
    WorkerFactory.of("length", Path::class.java, Long::class.javaObjectType) { Worker { Files.size(it) } }
// @end

fun main() {
    println("${checksums(files()).size} checksums")
    WorkerPool.of(ChecksumFactory()).workers(2).open().use { pool ->
        println("of ${runBlocking { checksumsOf(files(), pool) }.first().length} digits")
        println(pool.mapAll(listOf(Path.of("no such file"))).map(::describe))
    }
    WorkerPool.of(lengths).open().use { pool -> println("not empty: ${pool.call(files().first())!! > 0}") }
}
