package consumer.libraries;

import io.reactivex.rxjava3.core.Flowable;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reactor, RxJava, and Mutiny. All elements are subscribed to at a time. */
final class Streams {

  private Streams() {}

  static int reactor(ExecutorService lent, int tasks, Runnable go) throws Exception {
    var scheduler = reactor.core.scheduler.Schedulers.fromExecutorService(lent);
    Future<Long> count =
        Flux.range(0, tasks)
            .flatMap(number -> Mono.fromCallable(() -> number).subscribeOn(scheduler), tasks)
            .publishOn(scheduler)
            .count()
            .toFuture();
    go.run();
    return count.get().intValue();
  }

  static int rxjava(ExecutorService lent, int tasks, Runnable go) throws Exception {
    var scheduler = io.reactivex.rxjava3.schedulers.Schedulers.from(lent);
    Future<Long> count =
        Flowable.range(0, tasks)
            .flatMap(number -> Flowable.fromCallable(() -> number).subscribeOn(scheduler), tasks)
            .observeOn(scheduler)
            .count()
            .toFuture();
    go.run();
    return count.get().intValue();
  }

  static int mutiny(ExecutorService lent, int tasks, Runnable go) throws Exception {
    Future<Long> count =
        Multi.createFrom()
            .range(0, tasks)
            .onItem()
            .transformToUni(number -> Uni.createFrom().item(() -> number).runSubscriptionOn(lent))
            .merge(tasks)
            .emitOn(lent)
            .collect()
            .with(Collectors.counting())
            .subscribeAsCompletionStage();
    go.run();
    return count.get().intValue();
  }
}
