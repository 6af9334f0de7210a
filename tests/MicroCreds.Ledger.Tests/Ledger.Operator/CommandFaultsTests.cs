using System.Diagnostics;
using System.Text.Json;
using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Engines.Native;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>The program, run as people do, where what it needs is not as it should be.</summary>
public sealed class CommandFaultsTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("microcreds-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Theory]
    [InlineData("up", "", "--state is empty")]
    [InlineData("down", "", "--state is empty")]
    [InlineData("status", "", "--state is empty")]
    [InlineData("up", "/proc/x", "/proc/x")]
    [InlineData("request-membership", "/proc/x", "/proc/x")]
    [InlineData("status", "/proc/x", "holds no network")]
    [InlineData("up", "FILE", "is a file")]
    [InlineData("renew", "FILE", "is a file")]
    public async Task State_ThatCannotBe_IsToldInASentence(string verb, string state, string told)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has /proc.");
        string file = Path.Combine(_state, "file");
        File.WriteAllText(file, "");
        await AssertToldAsync(told, verb, "--state", state.Replace("FILE", file, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("up")]
    [InlineData("down")]
    [InlineData("status")]
    [InlineData("doctor")]
    [InlineData("add-institution", "--institution", "x.json")]
    public async Task NetworkJson_Damaged_IsToldWithItsNameAndTheMend(params string[] verb)
    {
        foreach (string content in (string[])["{", "null", "{}"])
        {
            File.WriteAllText(Path.Combine(_state, "network.json"), content);
            await AssertToldAsync(
                $"{Path.Combine(_state, "network.json")} is damaged", [.. verb, "--state", _state]);
        }
    }

    [Fact]
    public async Task Reason_ThatNoListNames_IsRefusedWithThoseThatThereAre() => await AssertToldAsync(
        "keycompromise", "revoke", "--institution", "AuroraMSP", "--user", "clerk", "--reason", "nonsense", "--state",
        _state);

    [Theory]
    [InlineData("../x y")]
    [InlineData("1.1\n")]
    [InlineData("1,1")]
    public async Task Version_ThatFabricDoesNotTake_IsRefusedInALine(string version)
    {
        var (code, said) = await RunningConsortium.TryOperateAsync(
            "upgrade", "--version", version, "--state", _state);
        Assert.Equal(1, code);
        Assert.Equal(
            $"--version is \"{version}\": it must be letters, digits, dots, dashes, underscores and plus signs.", said);
    }

    [Theory]
    [InlineData("is a folder", "up", "--consortium", "/tmp")]
    [InlineData("is a folder", "restore", "--institution", "LindenMSP", "--file", "/tmp")]
    [InlineData("is a folder", "backup", "--institution", "LindenMSP", "--file", "/tmp")]
    [InlineData("is no MembershipRequest", "sign-request", "--file", "x", "--request", "/tmp")]
    public async Task Folder_InPlaceOfAFile_IsToldInASentence(string told, params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such folder.");
        await AssertToldAsync(told, [.. arguments, "--state", _state]);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("3")]
    [InlineData("""{ "type": 3 }""")]
    [InlineData("""{ "type": "MembershipRequest", "type": "MembershipRequest" }""")]
    [InlineData("""{ "type": "MembershipRequest", "definition": "x" }""")]
    public async Task Request_ThatIsOtherJson_IsToldInASentence(string json)
    {
        string file = Path.Combine(_state, "request.json");
        File.WriteAllText(file, json);
        await AssertToldAsync(
            $"{file} is no MembershipRequest", "sign-request", "--file", "x", "--request", file, "--state", _state);
    }

    [Fact]
    public void Limit_OfOpenFiles_IsNamed()
    {
        var fault = Assert.Throws<OperatorException>(() => OpenFiles.RequireEnough(
            ["Limit            Soft Limit  Hard Limit  Units", "Max open files   256         4096        files"]));
        Assert.Contains("256 files open here (ulimit -n)", fault.Message, StringComparison.Ordinal);
        OpenFiles.RequireEnough(["Max open files            1024                 524288               files     "]);
        OpenFiles.RequireEnough(["Max open files            unlimited            unlimited            files     "]);
        OpenFiles.RequireEnough([]);
        Assert.Contains("ulimit -n", Failure.Of(
            new IOException("Too many open files : '/x'"), Verb.Find(["renew"]), interrupted: null)!.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Error_OfThePeerCommand_IsToldWithoutItsUsage() => Assert.Equal(
        "Error: proposal failed",
        PeerCommand.LastWords("Error: proposal failed\nUsage:\n  peer x [flags]\n\nFlags:\n"));

    [Fact]
    public async Task Command_ToldToEndWhileItWaits_SaysSoInASentence()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signal.");
        Directory.CreateDirectory(Path.Combine(_state, "run"));
        using var turn = await Turn.OfStateAsync(
            _state, Verb.Find(["up"]), TestContext.Current.CancellationToken);
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Program(), "down", "--state", _state])
        {
            RedirectStandardError = true,
        })!;
        Assert.Contains(
            "up (process", await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        using (Process.Start("kill", ["-TERM", $"{process.Id}"]))
        {
            string said = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(143, process.ExitCode);
            Assert.EndsWith(
                "down was interrupted. The same command again finishes what is left.", said.TrimEnd(),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Failure_IsASentence_ForWhatMachinesDo()
    {
        var renew = Verb.Find(["renew"]);
        string Of(Exception exception, int? interrupted = null) => Failure.Of(exception, renew, interrupted)!.Message;
        Assert.Contains("the disk is full", Of(new IOException("No space left on device : '/x'")),
            StringComparison.Ordinal);
        Assert.Contains("finishes what is left", Of(new OperationCanceledException(), interrupted: 130),
            StringComparison.Ordinal);
        Assert.Contains("did not answer in time", Of(new TaskCanceledException()), StringComparison.Ordinal);
        Assert.Contains("/x", Of(new UnauthorizedAccessException("Access to '/x' is denied.")),
            StringComparison.Ordinal);
        Assert.Contains("is damaged", Of(new JsonException()), StringComparison.Ordinal);
        Assert.Equal(130, Failure.Of(new OperatorException("peer failed"), renew, 130)!.ExitCode);
        Assert.Null(Failure.Of(new InvalidOperationException(), renew, interrupted: null));
    }

    private static async Task AssertToldAsync(string told, params string[] arguments)
    {
        var (code, said) = await RunningConsortium.TryOperateAsync(arguments);
        Assert.Equal(1, code);
        Assert.Contains(told, said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }

    private static string Program() => Path.Combine(
        Repository.Root, "network", "MicroCreds.Ledger.Operator", "bin",
        AppContext.BaseDirectory.Contains("Debug", StringComparison.Ordinal) ? "Debug" : "Release", "net10.0",
        "MicroCreds.Ledger.Operator.dll");
}
