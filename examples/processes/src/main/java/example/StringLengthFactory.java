package example;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** Workers that let C measure strings. */
public final class StringLengthFactory implements WorkerFactory<String, Long> {

  @Override
  public String name() {
    return "string-length";
  }

  @Override
  public Class<String> jobType() {
    return String.class;
  }

  @Override
  public Class<Long> resultType() {
    return Long.class;
  }

  @Override
  public Worker<String, Long> open(WorkerContext context) {
    Linker linker = Linker.nativeLinker();
    MethodHandle strlen =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("strlen"),
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
    return job -> length(strlen, job);
  }

  private static long length(MethodHandle strlen, String job) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = job.equals("crash") ? MemorySegment.NULL : arena.allocateFrom(job);
      return (long) strlen.invokeExact(text);
    } catch (Throwable e) {
      throw new IllegalStateException("strlen cannot be called", e);
    }
  }
}
