using System.Diagnostics;
using System.Runtime.InteropServices;
using MicroCreds.Fabric.DevNetwork;

const string Usage =
    "usage: microcreds-devnet --consortium FILE (--state DIRECTORY | --in-memory [--state DIRECTORY])\n"
    + "       microcreds-devnet peer (stop | start) PEER --state DIRECTORY\n"
    + "       microcreds-devnet --version";
if (args is ["--help" or "-h"])
{
    Console.WriteLine(Usage);
    return 0;
}

if (args is ["--version"])
{
    Console.WriteLine(typeof(DevNetwork).Assembly.GetName().Version!.ToString(3));
    return 0;
}

long started = Stopwatch.GetTimestamp();
if (CommandLine.TryReadPeer(args, out string request, out string running))
{
    try
    {
        await PeerControl.AskAsync(running, request);
        return 0;
    }
    catch (DevNetworkException exception)
    {
        Console.Error.WriteLine(exception.Message);
        return 1;
    }
}

if (!CommandLine.TryRead(args, out var command, out string fault))
{
    Console.Error.WriteLine(fault);
    Console.Error.WriteLine(Usage);
    return 2;
}

var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.TrySetResult();
}

using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
try
{
    using var logging = LoggerFactory.Create(builder => builder.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning)

        // What keeps a host from starting is said below, in one line.
        .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None));
    await using var network = await DevNetwork.StartAsync(new DevNetworkOptions
    {
        Consortium = ConsortiumFile.Read(command.Consortium),
        StateDirectory = command.State,
        InMemory = command.InMemory,
        LoggerFactory = logging,
    });
    await using var control = PeerControl.Listen(network);
    Console.WriteLine(CommandLine.ReadyLine(network, Stopwatch.GetElapsedTime(started)));

    _ = QuietHeap.KeepAsync(CancellationToken.None);
    await stop.Task;
    return 0;
}
catch (DevNetworkException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
