using System.Diagnostics;
using MicroCreds.Ledger.Tests.Fabric.Client;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>Every script tells what it does, and does nothing when it is only asked that.</summary>
public sealed class ScriptHelpTests
{
    /// <summary>Those that the others take in; they are not called by themselves.</summary>
    private static readonly string[] Sourced = ["build.sh", "cyclonedx.sh", "dotnet.sh", "help.sh", "operate.sh"];

    private static string Folder => Path.Combine(Repository.Root, "scripts");

    public static TheoryData<string> Scripts => [.. Directory.GetFiles(Folder, "*.sh").Select(Path.GetFileName)
        .OfType<string>().Except(Sourced).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Help_TellsTheUseAndTouchesNothing(string script)
    {
        var before = Listing();
        var (code, said, errors) = await RunAsync(script, Path.GetTempPath(), OwnHelp(script));
        Assert.True(code == 0, errors);
        Assert.Contains(script == "microcreds.sh" ? "verify" : "scripts/" + script, said, StringComparison.Ordinal);
        Assert.Equal(before, Listing());
    }

    [Theory]
    [InlineData("status.sh", "--state", "a network")]
    [InlineData("logs.sh", "--state", "a network")]
    [InlineData("rotate-logs.sh", "--state", "a network")]
    [InlineData("doctor.sh", "--msp", "an MSP")]
    public async Task Files_AreToldFromWhereTheCallerStands(string script, string option, string name)
    {
        using var folder = new TemporaryFolder();
        var (code, said, errors) = await RunAsync(script, folder.Path, option, name);
        Assert.NotEqual(0, code);
        Assert.Contains(Path.Combine(folder.Path, name), said + errors, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Said, string Errors)> RunAsync(
        string script, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Folder, script), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        using var run = Process.Start(start)!;
        var errors = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string said = await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (run.ExitCode, said, await errors);
    }

    private static string[] OwnHelp(string script) =>
        script == "microcreds.sh" ? ["--help"] : ["--state", "no-such-state", "--help"];

    private static string[] Listing() =>
        [.. Directory.GetFileSystemEntries(Repository.Root).Order(StringComparer.Ordinal)];
}
