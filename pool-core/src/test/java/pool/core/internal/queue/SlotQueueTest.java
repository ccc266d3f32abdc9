package pool.core.internal.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import pool.core.internal.job.BroadcastFuture;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.JobState;
import pool.core.internal.job.KeyedFuture;

/** What waits for one slot, without a pool. */
class SlotQueueTest {

  private static final int SLOT = 1;

  private final NoPool owner = new NoPool();
  private final SlotQueue<String, String> slot = new SlotQueue<>();
  private final ClaimedJobs<String, String> claimed = new ClaimedJobs<>(SLOT, 1);
  private final List<JobFuture<String, String>> taken = new ArrayList<>();

  private JobFuture<String, String> plain() {
    return new JobFuture<>(owner, "plain");
  }

  private KeyedFuture<String, String> keyed(int key) {
    return new KeyedFuture<>(owner, "keyed", key, 0, null);
  }

  private BroadcastFuture<String, String> broadcast() {
    return new BroadcastFuture<>(owner, "broadcast", 0, null);
  }

  private static <F extends JobFuture<String, String>> F started(F future) {
    assertTrue(future.start(SLOT));
    return future;
  }

  private static <F extends JobFuture<String, String>> F settled(F future) {
    assertTrue(started(future).cancelRun(SLOT));
    return future;
  }

  private boolean addAgain(JobFuture<String, String> future) {
    return slot.addAgain(future, SLOT, _ -> false);
  }

  private JobFuture<String, String> next() {
    return slot.startNext(claimed);
  }

  @Test
  void oneThatWaitsAgainComesFirst() {
    JobFuture<String, String> later = plain();
    JobFuture<String, String> again = started(plain());
    slot.add(later);
    assertTrue(addAgain(again));
    assertTrue(slot.holds(again) && slot.mayHaveWork());
    assertEquals(again, next());
    assertEquals(later, next());
    assertNull(next());
  }

  @Test
  void oneThatHadSettledDoesNotWaitAgain() {
    JobFuture<String, String> plain = settled(plain());
    assertFalse(addAgain(plain));
    assertFalse(slot.holds(plain));
    JobFuture<String, String> solo = settled(plain());
    assertFalse(slot.addSolo(solo, SLOT));
    assertFalse(slot.holds(solo) || slot.hasSolo() || slot.hasRolledBack());
    BroadcastFuture<String, String> broadcast = settled(broadcast());
    assertFalse(slot.delayNext(broadcast, () -> broadcast.delay(SLOT)));
    assertFalse(slot.holds(broadcast) || slot.hasSolo());
    KeyedFuture<String, String> keyed = settled(keyed(7));
    assertFalse(slot.setAside(keyed, _ -> false, () -> keyed.waitAgain(SLOT)));
    assertFalse(slot.holds(keyed));
    assertNull(next());
  }

  @Test
  void oneThatIsDoneAloneWaitsAgainToBeDoneAlone() {
    JobFuture<String, String> solo = started(plain());
    assertTrue(slot.addSolo(solo, SLOT));
    assertTrue(slot.hasSolo() && slot.hasRolledBack() && slot.mayHaveWork());
    slot.add(plain());
    assertEquals(solo, next());
    assertTrue(slot.startedSolo(solo));
    assertFalse(slot.hasSolo());
    assertTrue(addAgain(solo));
    assertTrue(slot.hasSolo());
    assertEquals(solo, next());
    assertFalse(slot.startedSolo(next()));
  }

  @Test
  void broadcastsThatWaitAreCountedWhetherForATimeOrNot() {
    assertEquals(0, slot.broadcastsWaiting());
    BroadcastFuture<String, String> delayed = started(broadcast());
    BroadcastFuture<String, String> settled = broadcast();
    slot.addNext(broadcast());
    slot.addNext(settled);
    assertTrue(slot.delayNext(delayed, () -> delayed.delay(SLOT)));
    assertTrue(slot.addSolo(started(plain()), SLOT));
    assertTrue(settled.endWaiting(JobState.CANCELLED));
    assertEquals(2, slot.broadcastsWaiting());
  }

  @Test
  void oneOfABroadcastThatWaitsForATimeHoldsUpTheOthers() {
    BroadcastFuture<String, String> delayed = started(broadcast());
    BroadcastFuture<String, String> next = broadcast();
    slot.addNext(next);
    assertTrue(slot.hasSolo());
    assertFalse(slot.hasRolledBack());
    assertTrue(slot.delayNext(delayed, () -> delayed.delay(SLOT)));
    assertFalse(slot.hasSolo());
    assertNull(next());
    assertTrue(delayed.makeDue());
    assertTrue(slot.due(delayed));
    assertEquals(delayed, next());
    assertEquals(next, next());
    assertFalse(slot.due(plain()));
  }

  @Test
  void whatHasSettledIsLetGo() {
    JobFuture<String, String> solo = started(plain());
    JobFuture<String, String> plain = plain();
    JobFuture<String, String> waits = plain();
    assertTrue(slot.addSolo(solo, SLOT));
    slot.add(plain);
    slot.add(waits);
    assertTrue(solo.endWaiting(JobState.CANCELLED) && plain.endWaiting(JobState.CANCELLED));
    slot.removeSettled();
    assertFalse(slot.hasSolo() || slot.holds(solo) || slot.holds(plain));
    assertTrue(slot.holds(waits));
  }

  @Test
  void soManyAreTakenOutInTheOrderInWhichTheyWouldBeStarted() {
    BroadcastFuture<String, String> broadcast = broadcast();
    List<JobFuture<String, String>> plain = List.of(plain(), plain(), plain());
    KeyedFuture<String, String> keyed = started(keyed(7));
    slot.addNext(broadcast);
    plain.forEach(slot::add);
    assertTrue(slot.setAside(keyed, _ -> false, () -> keyed.waitAgain(SLOT)));
    assertEquals(0, slot.takeOut(taken::add, 0));
    assertEquals(1, slot.takeOut(taken::add, 1));
    assertFalse(slot.hasSolo());
    assertEquals(2, slot.takeOut(taken::add, 2));
    assertEquals(2, slot.takeOut(taken::add, 9));
    assertEquals(0, slot.takeOut(taken::add, 9));
    assertEquals(List.of(broadcast, plain.get(0), plain.get(1), plain.get(2), keyed), taken);
  }

  @Test
  void ofAKeyThatIsHeldOnlyWhatWasDoneAloneIsSetAside() {
    JobFuture<String, String> other = started(plain());
    KeyedFuture<String, String> ofKey = started(keyed(7));
    KeyedFuture<String, String> runs = started(keyed(7));
    assertTrue(slot.addSolo(ofKey, SLOT));
    assertTrue(slot.addSolo(other, SLOT));
    slot.holdKey(runs);
    assertTrue(slot.holdsKeys());
    assertEquals(other, next());
    assertNull(next());
    slot.freeKey(runs);
    assertEquals(ofKey, next());
  }
}
