package io.github.qcow2tostdout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What of this program others can see and call, as its compiled classes have it. */
class ApiSurfaceTest {
  private static final String ROOT = "io.github.qcow2tostdout.";
  private static final String API = ROOT + "api.";
  private static final Path CLASSES = Path.of("target/classes");

  @Test
  void oneRoomIsExported() throws IOException {
    ModuleDescriptor module;
    try (InputStream in = Files.newInputStream(CLASSES.resolve("module-info.class"))) {
      module = ModuleDescriptor.read(in);
    }
    assertEquals(
        Set.of("io.github.qcow2tostdout.api"),
        module.exports().stream()
            .map(ModuleDescriptor.Exports::source)
            .collect(Collectors.toSet()));
    assertEquals(Set.of(), module.opens());
    for (ModuleDescriptor.Requires required : module.requires()) {
      assertTrue(
          required.name().equals("java.base")
              || required.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC),
          () -> "a library's user would need " + required);
    }
  }

  @Test
  void noTypeOfAnotherRoomCanBeSeen() throws Exception {
    Pattern ours = Pattern.compile("io\\.github\\.qcow2tostdout\\.[\\w.$]+");
    Set<String> seen = new TreeSet<>();
    List<Class<?>> types = publicTypes();
    for (Class<?> type : types) {
      for (String shown : shown(type)) {
        Matcher names = ours.matcher(shown);
        while (names.find()) {
          if (!names.group().startsWith(API)
              || !Modifier.isPublic(Class.forName(names.group()).getModifiers())) {
            seen.add(type.getName() + " shows " + names.group());
          }
        }
      }
    }
    assertEquals(Set.of(), seen);
    assertTrue(types.size() > 10, () -> "only " + types);
  }

  private static List<Class<?>> publicTypes() throws Exception {
    List<Class<?>> types = new ArrayList<>();
    try (Stream<Path> files = Files.list(CLASSES.resolve(API.replace('.', '/')))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = file.getFileName().toString();
        if (!name.equals("package-info.class")) {
          Class<?> type = Class.forName(API + name.substring(0, name.length() - 6));
          if (isShown(type)) {
            types.add(type);
          }
        }
      }
    }
    return types;
  }

  private static boolean isShown(Class<?> type) {
    return Modifier.isPublic(type.getModifiers())
        && (type.getDeclaringClass() == null || isShown(type.getDeclaringClass()));
  }

  /** The types that its public and protected members name. */
  private static List<String> shown(Class<?> type) {
    List<Type> shown = new ArrayList<>(List.of(type.getGenericInterfaces()));
    if (type.getGenericSuperclass() != null) {
      shown.add(type.getGenericSuperclass());
    }
    for (Field field : type.getDeclaredFields()) {
      if (isShown(field.getModifiers())) {
        shown.add(field.getGenericType());
      }
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      addShown(constructor, shown);
    }
    for (Method method : type.getDeclaredMethods()) {
      if (isShown(method.getModifiers())) {
        shown.add(method.getGenericReturnType());
      }
      addShown(method, shown);
    }
    return shown.stream().map(Type::getTypeName).toList();
  }

  private static void addShown(Executable call, List<Type> shown) {
    if (isShown(call.getModifiers()) && !call.isSynthetic()) {
      shown.addAll(List.of(call.getGenericParameterTypes()));
      shown.addAll(List.of(call.getGenericExceptionTypes()));
    }
  }

  private static boolean isShown(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }
}
