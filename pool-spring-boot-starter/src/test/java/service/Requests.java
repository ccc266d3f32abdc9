package service;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import pool.core.WorkerPool;
import pool.plugins.example.download.Rows;

/** What the service answers, by its pools. */
@RestController
class Requests {

  private final WorkerPool<String, Rows> ask;
  private final WorkerPool<String, String> gate;

  Requests(WorkerPool<String, Rows> ask, WorkerPool<String, String> gate) {
    this.ask = ask;
    this.gate = gate;
  }

  @GetMapping("/ask")
  String ask(@RequestParam String sql) {
    return ask.call(sql).rows().toString();
  }

  /** One after the other: a later one is submitted when the one before is done. */
  @GetMapping("/jobs")
  List<String> jobs(@RequestParam List<String> names) {
    return names.stream().map(gate::call).toList();
  }

  /** Answers when it is known what became of the job. */
  @GetMapping("/later")
  CompletionStage<String> later(@RequestParam String name) {
    return gate.submit(name).handle((result, failure) -> failure == null ? result : "failed");
  }

  @PostMapping("/close")
  void close() {
    gate.beginShutdown();
  }
}
