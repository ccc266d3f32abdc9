package pool.core;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import pool.api.WorkerFactory;

/** An executor in use. */
@SuppressWarnings("try")
class TaskExecutorUseTest extends TaskExecutorContract {

  // As libraries use it, with far more tasks pending than workers

  @Test
  void thousandsOfTasksPendOnTwoWorkersAndTasksGiveMore() throws Exception {
    ExecutorService view = view(builder().workers(2));
    CompletableFuture<Integer> gate = new CompletableFuture<>();
    List<CompletableFuture<Integer>> futures =
        IntStream.range(0, 3_000)
            .mapToObj(
                i -> gate.thenApplyAsync(one -> one + i, view).thenApplyAsync(x -> x + 1, view))
            .toList();
    view.execute(() -> gate.complete(1)); // gives all of them, on a worker
    for (int i = 0; i < futures.size(); i++) {
      assertEquals(i + 2, futures.get(i).get(20, SECONDS));
    }
    view.close();
  }

  /** As a cache does within a map's compute. */
  @Test
  void whoGivesManyTasksMayHoldALockThatTheyNeed() throws Exception {
    ExecutorService view = view(builder().workers(2));
    Object lock = new Object();
    AtomicInteger done = new AtomicInteger();
    synchronized (lock) {
      for (int i = 0; i < 10_000; i++) {
        view.execute(() -> {
          synchronized (lock) {
            done.incrementAndGet();
          }
        });
      }
    }
    view.close();
    assertEquals(10_000, done.get());
  }

  // On a worker

  @Test
  void aTaskMayShutItsExecutorDown() throws Exception {
    ExecutorService view = view();
    Future<String> future =
        view.submit(() -> {
          view.shutdown();
          return "done";
        });
    assertEquals("done", future.get(20, SECONDS));
    assertTrue(view.awaitTermination(20, SECONDS));
  }

  @Test
  void aTaskMayStopItsExecutorAndIsStoppedToo() throws Exception {
    ExecutorService view = view(builder().workers(1));
    BlockingQueue<List<Runnable>> never = new LinkedBlockingQueue<>();
    Future<String> future =
        view.submit(() -> {
          String _ = block();
          never.add(view.shutdownNow());
          return forEver();
        });
    awaitBusy(1);
    Runnable waiting = () -> {};
    view.execute(waiting);
    release.countDown();
    assertEquals(List.of(waiting), never.poll(20, SECONDS));
    assertTrue(future.isCancelled());
    assertTrue(view.awaitTermination(20, SECONDS));
  }

  @Test
  void aTaskThatAwaitsTheTerminationOfItsExecutorDoesSoInVain() throws Exception {
    ExecutorService view = view();
    Future<Boolean> future =
        view.submit(() -> {
          view.shutdown();
          return view.awaitTermination(10, MILLISECONDS);
        });
    assertFalse(future.get(20, SECONDS));
  }

  @Test
  void aTaskThatAwaitsTheTerminationOfItsExecutorIsInterruptedByShutdownNow() throws Exception {
    ExecutorService view = view();
    BlockingQueue<Exception> thrown = new LinkedBlockingQueue<>();
    view.execute(() -> {
      try {
        busy.release();
        assertFalse(view.awaitTermination(40, SECONDS));
      } catch (InterruptedException e) {
        thrown.add(e);
      }
    });
    awaitBusy(1);
    view.shutdownNow();
    assertNotNull(thrown.poll(20, SECONDS));
    assertTrue(view.awaitTermination(20, SECONDS));
  }

  @Test
  void aWorkerMayNotWaitForTasksThatAreAllDealtToItself() throws Exception {
    ExecutorService view = view(builder().distribution(Distribution.EVEN));
    Future<String> outer =
        view.submit(() -> {
          Future<?> _ = view.submit(() -> {}); // for the other worker
          return view.invokeAny(List.of(() -> "inner"));
        });
    assertInstanceOf(IllegalStateException.class, causeOf(outer));
  }

  @Test
  void aTimeOutEndsTheWaitForRoomAsWell() throws Exception {
    ExecutorService view = view(builder().workers(1).queueCapacity(1));
    Callable<String> inner = () -> "inner";
    Future<String> any =
        view.submit(() -> view.invokeAny(List.of(inner, inner), 100, MILLISECONDS));
    assertInstanceOf(TimeoutException.class, causeOf(any));
    Future<Integer> all =
        view.submit(() -> view.invokeAll(List.of(inner, inner), 100, MILLISECONDS).size());
    assertEquals(2, all.get(20, SECONDS));
  }

  @Test
  void theLastWorkerMayNotWaitForAnyOfSeveralTasksForEver() throws Exception {
    ExecutorService view = view(builder().workers(1));
    Callable<String> inner = () -> "inner";
    Future<String> all = view.submit(() -> view.invokeAll(List.of(inner)).getFirst().get());
    assertInstanceOf(IllegalStateException.class, causeOf(all));
    Future<String> any = view.submit(() -> view.invokeAny(List.of(inner, inner)));
    assertInstanceOf(IllegalStateException.class, causeOf(any));
    Future<String> limited =
        view.submit(() -> view.invokeAny(List.of(inner, inner), 100, MILLISECONDS));
    assertInstanceOf(TimeoutException.class, causeOf(limited));
    assertEquals("next", view.submit(() -> "next").get(20, SECONDS));
  }

  @Test
  void closeOnAWorkerIsRefused() throws Exception {
    ExecutorService view = view();
    assertInstanceOf(IllegalStateException.class, causeOf(view.submit(view::close)));
    assertFalse(view.isShutdown());
  }

  // close

  @Test
  void closeWaitsForWhatWasSubmittedAndThenHasNoEffect() throws Exception {
    ExecutorService view = view();
    occupyAll(view);
    Future<String> waiting = view.submit(() -> "done");
    Thread closer = Thread.ofPlatform().start(view::close);
    Await.until("the view closes", view::isShutdown);
    assertTrue(closer.isAlive());
    release.countDown();
    assertTrue(closer.join(Duration.ofSeconds(20)));
    assertTrue(view.isTerminated());
    assertEquals("done", waiting.resultNow());
    Thread.currentThread().interrupt();
    view.close();
    assertTrue(Thread.interrupted());
  }

  @Test
  void closeThatIsInterruptedStopsWhatRunsWaitsAndKeepsItsFlag() throws Exception {
    ExecutorService view = view();
    Future<?> stubborn = view.submit(this::blockStubbornly);
    Future<String> running = view.submit(this::block);
    awaitBusy(2);
    Future<String> waiting = view.submit(() -> "never");
    AtomicBoolean flag = new AtomicBoolean();
    Thread closer =
        Thread.ofPlatform()
            .start(() -> {
              view.close();
              flag.set(Thread.interrupted());
            });
    Await.until("the view closes", view::isShutdown);
    closer.interrupt();
    Await.until("both are interrupted", () -> interrupts.get() == 2);
    assertTrue(closer.isAlive());
    assertFalse(view.isTerminated());
    release.countDown();
    assertTrue(closer.join(Duration.ofSeconds(20)));
    assertTrue(flag.get());
    assertTrue(stubborn.isCancelled() && running.isCancelled() && waiting.isCancelled());
  }

  @Test
  void closeThrowsNothingThoughItStopsWhatIsNotDoneInTime() throws Exception {
    ExecutorService view = view(builder().closeTimeout(Duration.ofMillis(20)));
    List<Future<String>> running = occupyAll(view);
    Future<String> waiting = view.submit(() -> "never");
    view.close();
    assertTrue(running.stream().allMatch(Future::isCancelled));
    assertTrue(waiting.isCancelled());
    assertEquals(List.of(), view.shutdownNow()); // the report has it
    assertEquals(1, opened.shutdownNow().notStartedJobs().size());
  }

  // The view and its pool

  @Test
  void aViewOfWorkersThatOwnSomethingRunsTasksAsTheyDo() throws Exception {
    @SuppressWarnings("unchecked")
    Class<Callable<?>> type = (Class<Callable<?>>) (Class<?>) Callable.class;
    AtomicInteger transactions = new AtomicInteger();
    WorkerFactory<Callable<?>, Object> factory =
        WorkerFactory.of(
            "tasks",
            type,
            Object.class,
            _ ->
                task -> {
                  transactions.incrementAndGet();
                  return task.call();
                });
    ExecutorService view = view(WorkerPool.of(factory).workers(1).threads(threads));
    assertEquals(
        List.of(1, 2),
        view.invokeAll(List.of(() -> 1, () -> 2)).stream().map(Future::resultNow).toList());
    assertEquals(2, transactions.get());
  }

  @Test
  void twoViewsAreOfOnePool() throws Exception {
    ExecutorService view = view();
    ExecutorService other = WorkerPool.asExecutorService(opened);
    other.shutdown();
    assertTrue(view.awaitTermination(20, SECONDS));
    assertEquals("TaskExecutor[WorkerPool[tasks, CLOSED]]", view.toString());
  }

  @Test
  void aPoolIsNotForgottenWhileItsViewIsThere() throws Exception {
    ExecutorService view = view();
    WeakReference<Object> pool = new WeakReference<>(opened);
    opened = null;
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Object kept = pool.get();
    view.close();
    assertNotNull(kept);
  }

  // For real

  @Test
  void anHttpClientRunsOnAPool() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestURI().getPath().getBytes();
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    ExecutorService view = view();
    try (HttpClient client = HttpClient.newBuilder().executor(view).build()) {
      Set<String> threads = ConcurrentHashMap.newKeySet();
      List<CompletableFuture<String>> bodies =
          IntStream.range(0, 100)
              .mapToObj(i -> HttpRequest.newBuilder(base.resolve("/" + i)).build())
              .map(request -> client.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
              .map(response -> response.thenApply(HttpResponse::body))
              .map(body ->
                  body.thenApplyAsync(
                      text -> {
                        threads.add(Thread.currentThread().getName());
                        return text;
                      },
                      view))
              .toList();
      for (int i = 0; i < bodies.size(); i++) {
        assertEquals("/" + i, bodies.get(i).get(20, SECONDS));
      }
      assertTrue(Set.of("tasks-0", "tasks-1").containsAll(threads), threads::toString);
      assertEquals(
          "/sync",
          client
              .send(
                  HttpRequest.newBuilder(base.resolve("/sync")).build(),
                  HttpResponse.BodyHandlers.ofString())
              .body());
      assertTrue(stats().succeeded() > 200, () -> stats().toString()); // more than ours
    } finally {
      server.stop(0);
    }
  }

  @Test
  void completableFuturesRunOnAPool() throws Exception {
    ExecutorService view = view();
    CompletableFuture<String> text =
        CompletableFuture.supplyAsync(() -> 20, view)
            .thenCombineAsync(CompletableFuture.supplyAsync(() -> 22, view), Integer::sum, view)
            .thenApplyAsync(sum -> sum + " on " + Thread.currentThread().getName(), view);
    assertTrue(text.get(20, SECONDS).matches("42 on tasks-[01]"), text::resultNow);
    IllegalStateException thrown = new IllegalStateException("no");
    assertSame(thrown, causeOf(CompletableFuture.runAsync(() -> sneak(thrown), view)));
    assertEquals(0, stats().failed());
  }

  @Test
  void aCompletionServiceRunsOnAPool() throws Exception {
    ExecutorCompletionService<Integer> service = new ExecutorCompletionService<>(view());
    for (int i = 0; i < 100; i++) {
      int result = i;
      Future<Integer> _ = service.submit(() -> result);
    }
    int sum = 0;
    for (int i = 0; i < 100; i++) {
      sum += service.take().get();
    }
    assertEquals(4_950, sum);
  }
}
