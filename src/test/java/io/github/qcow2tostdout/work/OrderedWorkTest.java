package io.github.qcow2tostdout.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrderedWorkTest {
  private static final int TASKS = 100;

  private int taken;

  private OrderedWork.Tasks<Integer> tasks(int count) {
    return () -> taken < count ? Optional.of(taken++) : Optional.empty();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 7", "2, 1", "2, 7", "4, 4", "8, 64"})
  void resultsComeInTheOrderOfTheTasks(int threads, int ahead) throws IOException {
    List<Integer> results = new ArrayList<>();
    OrderedWork.Worker<Integer, Integer> worker =
        task -> {
          // The later a task, the sooner it is done.
          LockSupport.parkNanos((TASKS - task) * 1000L);
          return task * task;
        };
    try (OrderedWork<Integer, Integer> work =
        new OrderedWork<>(threads, ahead, tasks(TASKS), () -> worker)) {
      while (work.next(
          (task, result) -> {
            assertEquals(task * task, result);
            assertTrue(taken <= task + ahead, () -> taken + " were taken at task " + task);
            results.add(task);
          })) {
        // Until there is none.
      }
    }
    assertEquals(IntStream.range(0, TASKS).boxed().toList(), results);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void aWorkerIsUsedByOneThreadAtATime(int threads) throws IOException {
    AtomicInteger made = new AtomicInteger();
    try (OrderedWork<Integer, Boolean> work =
        new OrderedWork<>(
            threads,
            2 * threads,
            tasks(TASKS),
            () -> {
              made.incrementAndGet();
              AtomicInteger users = new AtomicInteger();
              return task -> {
                boolean alone = users.incrementAndGet() == 1;
                LockSupport.parkNanos(1);
                users.decrementAndGet();
                return alone;
              };
            })) {
      while (work.next((task, alone) -> assertTrue(alone))) {
        // Until there is none.
      }
    }
    assertEquals(threads, made.get());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void theFirstFailureInTheOrderIsThrown(int threads) {
    List<Integer> results = new ArrayList<>();
    OrderedWork.Worker<Integer, Integer> worker =
        task -> {
          if (task >= 3) {
            throw new IOException("task " + task);
          }
          return task;
        };
    try (OrderedWork<Integer, Integer> work =
        new OrderedWork<>(threads, 8, tasks(TASKS), () -> worker)) {
      IOException e =
          assertThrows(
              IOException.class,
              () -> {
                while (work.next((task, result) -> results.add(task))) {
                  // Until one fails.
                }
              });
      assertEquals("task 3", e.getMessage());
    }
    assertEquals(List.of(0, 1, 2), results);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void errorsAndBugsComeAsTheyAre(int threads) {
    OrderedWork.Worker<Integer, Integer> worker =
        task -> {
          if (task == 0) {
            throw new IllegalStateException("bug");
          }
          throw new OutOfMemoryError("full");
        };
    try (OrderedWork<Integer, Integer> work =
        new OrderedWork<>(threads, 1, tasks(2), () -> worker)) {
      assertThrows(IllegalStateException.class, () -> work.next((task, result) -> {}));
      assertThrows(OutOfMemoryError.class, () -> work.next((task, result) -> {}));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theEndIsTheEnd(int threads) throws IOException {
    try (OrderedWork<Integer, Integer> work =
        new OrderedWork<>(threads, 2, tasks(0), () -> task -> task)) {
      assertFalse(work.next((task, result) -> {}));
      assertFalse(work.next((task, result) -> {}));
    }
  }

  @Test
  void closingWaitsForWhatIsUnderWayAndBeginsNoMore() throws Exception {
    CountDownLatch twoAreUnderWay = new CountDownLatch(2);
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    OrderedWork.Worker<Integer, Integer> worker =
        task -> {
          begun.incrementAndGet();
          twoAreUnderWay.countDown();
          try {
            release.await();
          } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
          }
          done.incrementAndGet();
          return task;
        };
    OrderedWork<Integer, Integer> work = new OrderedWork<>(2, TASKS, tasks(TASKS), () -> worker);
    Thread reader =
        new Thread(() -> assertThrows(IOException.class, () -> work.next((task, result) -> {})));
    reader.start();
    twoAreUnderWay.await();
    reader.interrupt();
    reader.join();
    Thread closing = new Thread(work::close);
    closing.start();
    while (closing.getState() != Thread.State.TIMED_WAITING
        && closing.getState() != Thread.State.WAITING) {
      LockSupport.parkNanos(100_000);
    }
    release.countDown();
    closing.join();
    assertEquals(2, begun.get());
    assertEquals(2, done.get());
  }
}
