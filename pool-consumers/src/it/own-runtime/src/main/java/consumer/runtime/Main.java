package consumer.runtime;

import java.lang.management.ManagementFactory;
import java.util.List;
import javax.management.JMX;
import pool.core.WorkerPool;
import pool.metrics.MeteredPoolMXBean;
import pool.metrics.PoolMXBeans;
import pool.metrics.PoolMeter;
import pool.process.ProcessFactory;

public final class Main {

  private Main() {}

  public static void main(String[] words) {
    System.out.println("java in " + System.getProperty("java.home"));
    PoolMeter meter = new PoolMeter();
    try (var lengths =
            WorkerPool.named("length", String.class, Integer.class)
                .workers(1)
                .listener(meter)
                .open();
        var registration = PoolMXBeans.register(lengths, meter);
        var reverses = WorkerPool.named("reverse", String.class, String.class).workers(1).open();
        var apart =
            WorkerPool.of(ProcessFactory.named("reverse", String.class, String.class))
                .workers(1)
                .open()) {
      System.out.println("lengths " + lengths.map(List.of(words)));
      System.out.println("reverses " + reverses.map(List.of(words)));
      System.out.println("in a process " + apart.map(List.of(words)));
      var bean =
          JMX.newMXBeanProxy(
              ManagementFactory.getPlatformMBeanServer(),
              registration.objectName(),
              MeteredPoolMXBean.class);
      System.out.println("bean " + registration.objectName() + " " + bean.getJobs().succeeded());
      System.out.println("use of " + bean.getUse().getFirst().worker());
    }
  }
}
