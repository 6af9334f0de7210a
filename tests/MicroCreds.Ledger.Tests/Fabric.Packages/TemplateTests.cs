using System.Diagnostics;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Tests.Deployment;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Packages;

/// <summary>From an empty folder and the packages alone to an answer of the ledger, by the templates.</summary>
[Collection(PackedLibrariesTests.Name)]
public sealed partial class TemplateTests(PackedLibraries packed)
{
    private const string Chaincode = "Hello.Chaincode";
    private const string Application = "Hello.App";

    // A program that says nothing would be waited for without an end.
    private const int MaxMilliseconds = 600_000;

    private string Folder => Path.Combine(packed.Feed, "hello");

    [Fact(Timeout = MaxMilliseconds)]
    public async Task EmptyFolder_WithThePackagesAndNothingElse_GetsToHelloLedger()
    {
        Directory.CreateDirectory(Folder);

        // Nothing above an empty folder, and nothing of the network: what the packages need was restored before.
        await WriteAsync("Directory.Build.props", "<Project />");
        string hive = Path.Combine(packed.Feed, "hive");
        string templates = Directory.GetFiles(packed.Feed, "MicroCreds.Fabric.Templates.*.nupkg").Single();
        await RunAsync("new", "install", templates, "--debug:custom-hive", hive);
        await RunAsync(
            "new", "fabric-chaincode", "-o", Path.Combine(Folder, Chaincode), "--debug:custom-hive", hive);
        await RunAsync(
            "new", "fabric-gateway-app", "-o", Path.Combine(Folder, Application), "--debug:custom-hive", hive);
        await WriteAsync($"{Chaincode}/Slip.cs", """
            static class Slip
            {
                public static DateTime Now() => DateTime.UtcNow;
            }
            """);
        await MoveToFreePortsAsync();
        string[] said = await Task.WhenAll(BuildAsync(Chaincode), BuildAsync(Application));
        Assert.Contains("Slip.cs(3,37): warning MCF0001", said[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Program.cs", said[0] + said[1], StringComparison.Ordinal);

        Assert.Equal("Hello, ledger\n", await CallAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Goes the way of the READMEs that the templates wrote, line by line, on ports that are free.</summary>
    private async Task<string> CallAsync(CancellationToken ended)
    {
        string[] lines = [.. CommandsOf(Chaincode), .. CommandsOf(Application)];
        Assert.Equal(4, lines.Length);
        var (installed, said) = await RunningScript.RunAsync("bash", ["-c", FromTheFeed(lines[0])], Shell());
        Assert.True(installed == 0, said);
        var started = new List<Process>();
        try
        {
            await AwaitLineAsync(Start(lines[1].TrimEnd(' ', '&'), started), "", ended);
            await AwaitLineAsync(Start(lines[2] + " --no-build", started), "listens at", ended);
            var application = Start(lines[3] + " --no-build", started);
            var errors = application.StandardError.ReadToEndAsync(ended);
            string answer = await application.StandardOutput.ReadToEndAsync(ended);
            await application.WaitForExitAsync(ended);
            Assert.True(application.ExitCode == 0, await errors);
            return answer;
        }
        finally
        {
            foreach (var process in started)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
                process.Dispose();
            }
        }
    }

    /// <summary>The ports that the templates name may be taken here: the same files and lines, with others.</summary>
    private async Task MoveToFreePortsAsync()
    {
        string consortium = Path.Combine(Folder, Chaincode, "consortium.json");
        string[] files = [consortium, ReadmeOf(Chaincode), Path.Combine(Folder, Application, "Program.cs")];
        var addresses = Address().Matches(await File.ReadAllTextAsync(consortium)).Select(match => match.Value)
            .Distinct().ToDictionary(address => address, _ => FreePorts.TakeAddress());
        Assert.Equal(3, addresses.Count);
        foreach (string file in files)
        {
            string text = await File.ReadAllTextAsync(file);
            await File.WriteAllTextAsync(
                file, Address().Replace(text, match => addresses.GetValueOrDefault(match.Value, match.Value)));
        }
    }

    private string ReadmeOf(string project) => Path.Combine(Folder, project, "README.md");

    /// <summary>What a README says to type.</summary>
    private IEnumerable<string> CommandsOf(string project) =>
        File.ReadLines(ReadmeOf(project)).Where(line => line.StartsWith("    ", StringComparison.Ordinal))
            .Select(line => line.Trim());

    /// <summary>The same line, but that nothing of the network is needed and nothing stays.</summary>
    private string FromTheFeed(string install)
    {
        const string Globally = " --global ";
        Assert.Contains(Globally, install, StringComparison.Ordinal);
        return install.Replace(Globally, $" --tool-path '{Tools}' --source '{packed.Feed}' ", StringComparison.Ordinal);
    }

    private string Tools => Path.Combine(packed.Feed, "tools");

    private Dictionary<string, string> Shell() => new()
    {
        ["PATH"] = $"{Tools}:{Environment.GetEnvironmentVariable("PATH")}",
        ["NUGET_PACKAGES"] = Path.Combine(packed.Feed, "restored-tools"),
    };

    /// <summary>Starts a line in the chaincode's folder.</summary>
    private Process Start(string command, List<Process> started)
    {
        var start = new ProcessStartInfo("bash", ["-c", command])
        {
            WorkingDirectory = Path.Combine(Folder, Chaincode),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Shell()) start.Environment[name] = value;

        var process = Process.Start(start)!;
        started.Add(process);
        return process;
    }

    private static async Task AwaitLineAsync(Process process, string ready, CancellationToken ended)
    {
        string? line = await process.StandardOutput.ReadLineAsync(ended);
        while (line is not null && !line.Contains(ready, StringComparison.Ordinal))
            line = await process.StandardOutput.ReadLineAsync(ended);

        // Only of one that has ended: what runs keeps its errors open.
        if (line is null)
            Assert.Fail(await process.StandardError.ReadToEndAsync(ended));

        // It goes on, and may say as much as it likes.
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
    }

    private Task<string> BuildAsync(string project) => packed.BuildAsync(Path.Combine(Folder, project));

    private static async Task RunAsync(params string[] arguments)
    {
        var (code, said) = await RunningScript.RunAsync("dotnet", arguments);
        Assert.True(code == 0, $"dotnet {string.Join(' ', arguments)}:\n{said}");
    }

    private Task WriteAsync(string name, string text) =>
        File.WriteAllTextAsync(Path.Combine(Folder, name), text, TestContext.Current.CancellationToken);

    [GeneratedRegex(@"127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
