package example;

import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import pool.core.WorkerPool;

/** Notes over HTTP. */
@RestController
public class Notes {

  private final WorkerPool<Note, Long> writer;
  private final WorkerPool<Long, Note> reader;

  public Notes(WorkerPool<Note, Long> writer, WorkerPool<Long, Note> reader) {
    this.writer = writer;
    this.reader = reader;
  }

  @PutMapping("/notes/{id}")
  public long put(@PathVariable long id, @RequestBody String text) {
    return writer.call(new Note(id, text));
  }

  @GetMapping("/notes/{id}")
  public ResponseEntity<Note> get(@PathVariable long id) {
    return ResponseEntity.ofNullable(reader.call(id));
  }
}
