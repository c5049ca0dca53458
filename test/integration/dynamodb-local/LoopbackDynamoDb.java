import com.amazonaws.services.dynamodbv2.local.main.ServerRunner;
import com.amazonaws.services.dynamodbv2.local.server.DynamoDBProxyServer;
import java.lang.reflect.Field;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * DynamoDB Local, in memory, on a free port of 127.0.0.1, which it prints. Its own main class listens on every address
 * of the machine and has no option for that. It sends no telemetry, and ends when its standard input does: with the
 * process that started it, however that ends.
 */
final class LoopbackDynamoDb {

    public static void main(String[] arguments) throws Exception {
        DynamoDBProxyServer dynamoDb = ServerRunner.createServerFromCommandLineArgs(new String[] {
            "-inMemory",
            "-disableTelemetry",
        });
        Field field = DynamoDBProxyServer.class.getDeclaredField("server");
        field.setAccessible(true);
        ServerConnector connector = (ServerConnector) ((Server) field.get(dynamoDb)).getConnectors()[0];
        connector.setHost("127.0.0.1");
        connector.setPort(0);
        dynamoDb.safeStart();
        System.out.println("port " + connector.getLocalPort());
        while (System.in.read() != -1) {
            // until its end
        }
        System.exit(0);
    }
}
