import com.adobe.testing.s3mock.S3MockApplication;
import org.apache.catalina.connector.Connector;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.Banner;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** S3Mock, of which no port is open to other machines: it has no option for that. */
public final class LoopbackS3Mock {
  private LoopbackS3Mock() {}

  public static void main(String[] args) {
    new SpringApplicationBuilder(S3MockApplication.class)
        .bannerMode(Banner.Mode.OFF)
        .initializers(context -> context.getBeanFactory().addBeanPostProcessor(new ToLoopback()))
        .run(args);
  }

  private static final class ToLoopback implements BeanPostProcessor {
    @Override
    public Object postProcessBeforeInitialization(Object bean, String name) {
      if (bean instanceof Connector connector) {
        connector.setProperty("address", "127.0.0.1");
      }
      return bean;
    }
  }
}
