using System.Diagnostics;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

public sealed partial class DeterminismTests
{
    private const string Banned = "chaincode/BannedSymbols.txt";

    /// <summary>What it finds decides whether a server endorses, never what is written.</summary>
    private const string OnlyClock = "chaincode/MicroCreds.Ledger.Contract/ServerClock.cs";

    private static readonly string[] Deterministic =
    [
        "chaincode/MicroCreds.Ledger.Model/MicroCreds.Ledger.Model.csproj",
        "chaincode/MicroCreds.Ledger.Contract/MicroCreds.Ledger.Contract.csproj",
    ];

    /// <summary>One way each in which two peers would come to different results.</summary>
    private static readonly string[] Temptations =
    [
        "_ = System.DateTime.Now;",
        "_ = System.DateTime.UtcNow;",
        "_ = System.DateTimeOffset.UtcNow;",
        "_ = System.TimeProvider.System;",
        "_ = System.Environment.TickCount64;",
        "_ = System.Diagnostics.Stopwatch.GetTimestamp();",
        "_ = System.DateTimeOffset.UnixEpoch.ToLocalTime();",
        "_ = new System.Random(1);",
        "_ = System.Random.Shared;",
        "_ = System.Guid.NewGuid();",
        "_ = System.Guid.CreateVersion7();",
        "_ = System.Security.Cryptography.RandomNumberGenerator.GetBytes(1);",
        "_ = \"a\".GetHashCode();",
        "_ = System.HashCode.Combine(1);",
        "_ = System.Globalization.CultureInfo.CurrentCulture;",
        "_ = string.Compare(\"a\", \"b\");",
        "_ = \"a\".ToUpper();",
        "_ = \"a\".StartsWith(\"a\", System.StringComparison.CurrentCulture);",
        "_ = new System.Collections.Generic.Dictionary<string, int>();",
        "_ = new System.Collections.Generic.HashSet<string>();",
        "_ = System.IO.File.Exists(\"a\");",
        "_ = new System.Net.Http.HttpClient();",
        "_ = System.Environment.MachineName;",
        "_ = System.Environment.GetEnvironmentVariable(\"A\");",
        "_ = System.Threading.Tasks.Task.Run(() => { });",
        "_ = System.Threading.Tasks.Task.Delay(1);",
        "System.Console.WriteLine();",
    ];

    [Fact]
    public void Build_OfAContractThatPeersCouldDifferIn_IsRefused()
    {
        string directory = Path.Combine(AppContext.BaseDirectory, "determinism-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(directory);
        try
        {
            string[] lines = Build(directory);
            var refused = lines.Select(l => RefusedLine().Match(l)).Where(m => m.Success)
                .Select(m => int.Parse(m.Groups[1].ValueSpan, provider: null)).ToHashSet();
            var accepted = Temptations.Where((_, i) => !refused.Contains(FirstLine + i));
            Assert.True(refused.Count > 0, string.Join('\n', lines));
            Assert.Empty(accepted);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void ModelAndContract_AreBuiltUnderThatRule()
    {
        foreach (string project in Deterministic)
        {
            string text = File.ReadAllText(Path.Combine(Repository.Root, project));
            Assert.Contains("<AdditionalFiles Include=\"../BannedSymbols.txt\"", text, StringComparison.Ordinal);
            Assert.Contains("Microsoft.CodeAnalysis.BannedApiAnalyzers", text, StringComparison.Ordinal);
            Assert.DoesNotContain("NoWarn", text, StringComparison.Ordinal);
            string folder = Path.GetDirectoryName(project)!.Replace('\\', '/') + "/";
            foreach (string file in Repository.FilesEndingWith(".cs"))
            {
                if (!file.StartsWith(folder, StringComparison.Ordinal) || file == OnlyClock) continue;

                Assert.DoesNotContain(Repository.Lines(file), l => l.Contains("RS0030", StringComparison.Ordinal));
            }
        }
    }

    private const int FirstLine = 5;

    private static string[] Build(string directory)
    {
        File.WriteAllText(Path.Combine(directory, "Probe.cs"), $$"""
            internal static class Probe
            {
                public static void Run()
                {
            {{string.Join('\n', Temptations)}}
                }
            }
            """);
        File.WriteAllText(Path.Combine(directory, "Probe.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                <AdditionalFiles Include="{Path.Combine(Repository.Root, Banned)}" Link="BannedSymbols.txt" />
                <PackageReference Include="Microsoft.CodeAnalysis.BannedApiAnalyzers" PrivateAssets="all" />
              </ItemGroup>
            </Project>
            """);
        var start = new ProcessStartInfo("dotnet", ["build", "-nodeReuse:false", "-v:q", "-nologo", directory])
        {
            RedirectStandardOutput = true,
        };
        using var build = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        string output = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        Assert.NotEqual(0, build.ExitCode);
        return output.Split('\n');
    }

    [GeneratedRegex(@"Probe\.cs\((\d+),\d+\): error RS0030")]
    private static partial Regex RefusedLine();
}
