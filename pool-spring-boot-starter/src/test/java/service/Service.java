package service;

import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import pool.api.WorkerFactory;

/** A service whose tests pack it into an executable jar and start it as a process. */
@SpringBootApplication
public class Service {

  /** Workers that open, and jobs that end, when there is a file of a certain name. */
  @Bean
  WorkerFactory<String, String> gate(@Value("${service.folder}") Path folder) {
    return new GateFactory(folder);
  }

  public static void main(String[] args) {
    SpringApplication.run(Service.class, args);
  }
}
