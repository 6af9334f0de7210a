using System.Globalization;
using MicroCreds.Ledger.Operator;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

public sealed class DaemonTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("microcreds-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task Process_Started_IsFoundByAnotherCommandUntilItIsStopped()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Processes are started by a POSIX shell.");
        new Daemon(_state, "sleeper").EnsureStarted(["sleep", "600"], new Dictionary<string, string>());
        var again = new Daemon(_state, "sleeper");
        using var process = again.Find();
        Assert.NotNull(process);
        again.EnsureStarted(["sleep", "600"], new Dictionary<string, string>());
        using var same = again.Find();
        Assert.Equal(process.Id, same!.Id);
        await again.StopAsync();
        Assert.False(again.IsRunning);
        Assert.Empty(Daemon.All(_state));
    }

    [Fact]
    public void Process_NumberGivenToAnother_IsNotOurs()
    {
        Directory.CreateDirectory(Path.Combine(_state, "run"));
        string self = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        File.WriteAllText(Path.Combine(_state, "run", "peer.pid"), $"{self} 1");
        Assert.False(new Daemon(_state, "peer").IsRunning);
    }
}
