using System.Globalization;
using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Tests.Deployment;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>Log files are set aside while who writes them goes on.</summary>
public sealed class LogRotationTests : IDisposable
{
    private const int EnoughFiles = 4;

    /// <summary>Line after line, as fast as it goes, until a file says enough; then it says so, and lives on.</summary>
    private const string Writer =
        """
        BEGIN {
          rest = sprintf("%200s", "a line that is long enough for files to grow")
          for (i = 0; i % 100 || (getline word < enough) < 0; i++) { print i, rest; fflush() }
          print i > done; close(done)
          while (1) system("sleep 1")
        }
        """;

    private readonly string _state = Directory.CreateTempSubdirectory("microcreds-").FullName;

    public LogRotationTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "It is a POSIX shell's script.");

    private string Folder => Path.Combine(_state, "logs");

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task Rotation_WriterGoesOn_NoLineIsLostOrDoubled()
    {
        string done = Path.Combine(_state, "done"), enough = Path.Combine(_state, "enough");
        var daemon = new Daemon(_state, "peer-AuroraMSP");
        daemon.EnsureStarted(
            ["awk", "-v", $"enough={enough}", "-v", $"done={done}", Writer], new Dictionary<string, string>());
        int written = 0;
        try
        {
            using var before = daemon.Find();
            while (!File.Exists($"{daemon.LogFile}.{EnoughFiles}")) await RotateAsync("--kept", "1000");
            await File.WriteAllTextAsync(enough, "", TestContext.Current.CancellationToken);
            await Until.TrueAsync(
                () => Task.FromResult(File.Exists(done) && int.TryParse(File.ReadAllText(done), out written)),
                () => "the writer does not end");
            await RotateAsync("--kept", "1000");
            using var after = daemon.Find();
            Assert.Equal(before!.Id, after!.Id);
            if (OperatingSystem.IsLinux())
                Assert.DoesNotContain(") T ", File.ReadAllText($"/proc/{after.Id}/stat"), StringComparison.Ordinal);
        }
        finally
        {
            await daemon.StopAsync();
        }

        var files = Enumerable.Range(1, 1000).Select(number => $"{daemon.LogFile}.{number}").TakeWhile(File.Exists)
            .Reverse().Append(daemon.LogFile);
        int expected = 0;
        foreach (string line in string.Concat(files.Select(File.ReadAllText)).TrimEnd().Split('\n'))
        {
            Assert.Equal(expected.ToString(CultureInfo.InvariantCulture), line.Split(' ')[0]);
            expected++;
        }

        Assert.Equal(written, expected);
    }

    [Fact]
    public async Task Rotation_AsManyAreKeptAsWasSaid_AndSmallFilesStay()
    {
        Directory.CreateDirectory(Folder);
        string small = Path.Combine(Folder, "small.log"), large = Path.Combine(Folder, "large.log");
        await File.WriteAllTextAsync(small, "a line\n", TestContext.Current.CancellationToken);
        foreach (char round in "abcd")
        {
            await File.WriteAllTextAsync(large, new string(round, 1 << 20), TestContext.Current.CancellationToken);
            await RotateAsync("--kept", "2");
        }

        Assert.Equal(0, new FileInfo(large).Length);
        Assert.Equal(
            ["large.log", "large.log.1", "large.log.2", "small.log"],
            Directory.GetFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal('d', File.ReadAllText($"{large}.1")[0]);
        Assert.Equal('c', File.ReadAllText($"{large}.2")[0]);
    }

    [Fact]
    public async Task Keeper_SetsAside_UntilItIsStopped()
    {
        await LogKeeper.EnsureStartedAsync(_state, megabytes: 1, kept: 1);
        try
        {
            Assert.True(LogKeeper.IsRunning(_state));
            Assert.Empty(Daemon.All(_state));
            await File.WriteAllTextAsync(
                Path.Combine(Folder, "gateway.log"), new string('x', 1 << 20), TestContext.Current.CancellationToken);

            // Told anew how much to keep, it looks at once.
            await LogKeeper.EnsureStartedAsync(_state, megabytes: 1, kept: 2);
            await Until.TrueAsync(
                () => Task.FromResult(File.Exists(Path.Combine(Folder, "gateway.log.1"))),
                () => File.ReadAllText(Path.Combine(Folder, "keeper", "logs", "log-keeper.log")));
        }
        finally
        {
            await LogKeeper.StopAsync(_state);
        }

        Assert.False(LogKeeper.IsRunning(_state));
    }

    [Theory]
    [InlineData("--size", "0")]
    [InlineData("--kept", "many")]
    [InlineData("--forever", "1")]
    public async Task Options_ThatSayNothing_AreRefused(string option, string value)
    {
        var (code, said) = await RunAsync(option, value);
        Assert.Equal(1, code);
        Assert.NotEmpty(said);
    }

    private async Task RotateAsync(params string[] arguments)
    {
        var (code, said) = await RunAsync(["--size", "1", .. arguments]);
        Assert.True(code == 0 && said.Length == 0, said);
    }

    private Task<(int ExitCode, string Said)> RunAsync(params string[] arguments) => RunningScript.RunAsync(
        Path.Combine(Repository.Root, "scripts", "rotate-logs.sh"), ["--state", _state, .. arguments]);
}
