using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Tests.EndToEnd;
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
    public async Task Wait_AnotherProgramAnswersAtThePort_IsToldWithPortAndProgram()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells who listens at a port.");
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        string endpoint = other.LocalEndpoint.ToString()!;
        var daemon = new Daemon(_state, "gateway-AuroraMSP");
        daemon.EnsureStarted(["sleep", "600"], new Dictionary<string, string>());
        try
        {
            var fault = await Assert.ThrowsAsync<OperatorException>(() => daemon.WaitUntilListeningAsync(
                [endpoint], Until.Patience, TestContext.Current.CancellationToken));
            Assert.Contains($"at {endpoint} another program answers", fault.Message, StringComparison.Ordinal);
            Assert.Contains($"process {Environment.ProcessId}", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            await daemon.StopAsync();
        }
    }

    [Fact]
    public void Process_NumberGivenToAnother_IsNotOurs()
    {
        Directory.CreateDirectory(Path.Combine(_state, "run"));
        string self = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        File.WriteAllText(Path.Combine(_state, "run", "peer.pid"), $"{self} 1");
        Assert.False(new Daemon(_state, "peer").IsRunning);
    }

    [Fact]
    public async Task Process_KilledButNotTakenNoteOfByItsParent_IsStartedAgain()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells of a process that its parent has forgotten.");

        // The shell becomes a program that never asks after the child it has got.
        using var parent = Process.Start(new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", "sleep 600 & echo $!; exec sleep 600" },
            RedirectStandardOutput = true,
        })!;
        try
        {
            int child = int.Parse(parent.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
            string[] stat = File.ReadAllText($"/proc/{child}/stat").Split(") ")[^1].Split(' ');
            Directory.CreateDirectory(Path.Combine(_state, "run"));
            File.WriteAllText(Path.Combine(_state, "run", "peer.pid"), $"{child} {stat[19]}");
            var daemon = new Daemon(_state, "peer");
            Assert.True(daemon.IsRunning);

            using (var kill = Process.Start("kill", ["-KILL", $"{child}"]))
                await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
            await Until.TrueAsync(
                () => Task.FromResult(!daemon.IsRunning), () => "The killed process still counts as running.");
            Assert.True(Directory.Exists($"/proc/{child}"));

            daemon.EnsureStarted(["sleep", "600"], new Dictionary<string, string>());
            Assert.True(daemon.IsRunning);
            await daemon.StopAsync();
        }
        finally
        {
            parent.Kill();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("12345678901 1")]
    [InlineData("1")]
    public async Task File_EmptyOrDamaged_IsMendedOnceTheProcessIsFound(string content)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells who writes to a file.");
        var daemon = new Daemon(_state, "sleeper");
        string file = Path.Combine(_state, "run", "sleeper.pid");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        Assert.False(daemon.IsRunning);

        daemon.EnsureStarted(["sleep", "600"], new Dictionary<string, string>());
        string whole = File.ReadAllText(file);

        // Its number is told before it has its log open, by which it is found.
        await Until.TrueAsync(
            () => Task.FromResult(LogWriter.Find(daemon.LogFile) is not null), () => "The process opens no log.");
        File.WriteAllText(file, content);
        Assert.True(daemon.IsRunning);
        daemon.EnsureStarted(["sleep", "600"], new Dictionary<string, string>());
        Assert.Equal(whole, File.ReadAllText(file));

        File.WriteAllText(file, content);
        await daemon.StopAsync();
        Assert.Empty(Daemon.All(_state));
        Assert.False(Directory.Exists($"/proc/{whole.Split(' ')[0]}") && daemon.IsRunning);
    }

    [Fact]
    public async Task File_ThatCannotBeWritten_EndsTheProcessAndSaysSo()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells who writes to a file.");
        Directory.CreateDirectory(Path.Combine(_state, "run", "sleeper.pid.new", "in the way"));
        var daemon = new Daemon(_state, "sleeper");
        var fault = Assert.Throws<OperatorException>(
            () => daemon.EnsureStarted(["sleep", "600"], new Dictionary<string, string>()));
        Assert.Contains("it was ended again", fault.Message, StringComparison.Ordinal);
        await Until.TrueAsync(
            () => Task.FromResult(LogWriter.Find(daemon.LogFile) is null), () => "The process runs still.");
    }

    [Fact]
    public void Refusal_ToStart_IsFoundAtTheEndOfTheLog()
    {
        var daemon = new Daemon(_state, "gateway-AuroraMSP");
        Assert.Null(daemon.FindRefusal());
        Directory.CreateDirectory(Path.GetDirectoryName(daemon.LogFile)!);
        File.WriteAllText(daemon.LogFile, "The gateway cannot start: its store.\n");
        Assert.Equal("The gateway cannot start: its store.", daemon.FindRefusal());
        File.AppendAllText(daemon.LogFile, "info: it runs.\n");
        Assert.Null(daemon.FindRefusal());
    }

    [Fact]
    public async Task Wait_ProcessIsAtWork_GoesOnUntilItWritesNothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Processes are started by a POSIX shell.");
        string ledger = Path.Combine(_state, "ledger");
        File.WriteAllText(ledger, "");
        var daemon = new Daemon(_state, "peer");
        daemon.EnsureStarted(
            ["sh", "-c", $"for i in 1 2 3 4 5 6 7 8; do echo $i >>'{ledger}'; sleep 0.5; done; exec sleep 600"],
            new Dictionary<string, string>());
        try
        {
            long begin = Stopwatch.GetTimestamp();
            var fault = await Assert.ThrowsAsync<OperatorException>(() => daemon.WaitAsync(
                () => Task.FromResult(false), TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken,
                () => Growth.Measure(ledger)));
            Assert.True(Stopwatch.GetElapsedTime(begin) > TimeSpan.FromSeconds(3));
            Assert.Contains("wrote nothing", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            await daemon.StopAsync();
        }
    }
}
