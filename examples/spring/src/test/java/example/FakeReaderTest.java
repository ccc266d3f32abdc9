package example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import pool.api.WorkerFactory;
import pool.core.WorkerPool;

/** The application with a reader that asks no database. */
@SpringBootTest(properties = "pool.pools.reader.factory=fakeReader")
class FakeReaderTest {

  @TestConfiguration(proxyBeanMethods = false)
  static class Fakes {

    @Bean
    WorkerFactory<Long, Note> fakeReader() {
      return WorkerFactory.of(
          "fake",
          Long.class,
          Note.class,
          List.of(Database.URL), // since the properties of the application set it
          context -> id -> new Note(id, "a note"));
    }
  }

  @Autowired private WorkerPool<Long, Note> reader;

  @Test
  void readsANote() {
    assertEquals(new Note(7, "a note"), reader.call(7L));
  }
}
