package example;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the service. */
@SpringBootApplication
public class NotesService {

  public static void main(String[] args) {
    SpringApplication.run(NotesService.class, args);
  }
}
