package io.github.qcow2tostdout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What has no state of its own can be used by several threads, and twice in one process. */
class StaticStateTest {
  private static final Path CLASSES = Path.of("target/classes");
  private static final String ROOT = "io.github.qcow2tostdout.";

  /** Classes of the JDK of which each object that is made may change. */
  private static final Set<String> CHANGING =
      Set.of(
          "java.lang.StringBuilder",
          "java.lang.ThreadLocal",
          "java.lang.Thread",
          "java.util.Random",
          "java.nio.ByteBuffer");

  /** For {@link #whatHasStateIsFound}. */
  static final class Wrong {
    static int counter = Integer.getInteger("nothing", 1);
    static final Map<String, String> CACHE = new HashMap<>();
    static final List<String> LIST = new ArrayList<>();
    static final AtomicLong NUMBER = new AtomicLong();
    static final List<String> FINE = List.of("a");
  }

  @Test
  void nothingOutsideOfTheCommandLineHasStaticState() throws Exception {
    Set<String> state = new TreeSet<>();
    List<Class<?>> classes = classes();
    for (Class<?> type : classes) {
      state.addAll(stateOf(type));
    }
    assertEquals(Set.of(), state);
    assertTrue(classes.size() > 300, () -> "only " + classes.size() + " classes");
  }

  @Test
  void whatHasStateIsFound() throws Exception {
    String name = Wrong.class.getName();
    assertEquals(
        Set.of(name + ".counter", name + ".CACHE", name + ".LIST", name + ".NUMBER"),
        stateOf(Wrong.class));
  }

  private static List<Class<?>> classes() throws Exception {
    List<Class<?>> classes = new ArrayList<>();
    try (Stream<Path> files = Files.walk(CLASSES)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String path = CLASSES.relativize(file).toString();
        String name = path.replace('/', '.').replaceFirst("\\.class$", "");
        if (path.endsWith(".class")
            && name.startsWith(ROOT)
            && !name.startsWith(ROOT + "cli.")
            && !name.endsWith("package-info")) {
          classes.add(Class.forName(name, false, StaticStateTest.class.getClassLoader()));
        }
      }
    }
    return classes;
  }

  private static Set<String> stateOf(Class<?> type) throws Exception {
    Set<String> state = new TreeSet<>();
    for (Field field : type.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
        if (!Modifier.isFinal(field.getModifiers()) || mayChange(field)) {
          state.add(type.getName() + "." + field.getName());
        }
      }
    }
    return state;
  }

  private static boolean mayChange(Field field) throws Exception {
    String type = field.getType().getName();
    if (CHANGING.contains(type) || type.startsWith("java.util.concurrent.")) {
      return true;
    }
    if (!Collection.class.isAssignableFrom(field.getType())
        && !Map.class.isAssignableFrom(field.getType())) {
      return false;
    }
    field.setAccessible(true);
    String made = field.get(null).getClass().getName();
    return !made.startsWith("java.util.ImmutableCollections")
        && !made.startsWith("java.util.Collections$Unmodifiable");
  }
}
