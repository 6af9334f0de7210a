using System.Text.RegularExpressions;
using MicroCreds.Ledger.Tests.Fabric.Analyzers;
using MicroCreds.Ledger.Tests.Tidy;
using Microsoft.CodeAnalysis;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

public sealed partial class DeterminismTests
{
    /// <summary>Where the contract does what the rules forbid; why it may stands there.</summary>
    private static readonly string[] Suppressed =
    [
        "MicroCreds.Ledger.Contract/ServerClock.cs: MCF0001", "MicroCreds.Ledger.Model/CanonicalNumber.cs: MCF0007",
        "MicroCreds.Ledger.Model/Multikey.cs: MCF0010", "MicroCreds.Ledger.Model/RecognitionMatch.cs: MCF0007",
        "MicroCreds.Ledger.Model/ValueRules.cs: MCF0007",
    ];

    private const int FirstLine = 5;

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
        "foreach (var one in new System.Collections.Generic.Dictionary<string, int>()) { }",
        "string[] all = [.. new System.Collections.Generic.HashSet<string>()];",
        "_ = System.IO.File.Exists(\"a\");",
        "_ = new System.Net.Http.HttpClient();",
        "_ = System.Environment.MachineName;",
        "_ = System.Environment.GetEnvironmentVariable(\"A\");",
        "_ = System.Threading.Tasks.Task.Run(() => { });",
        "_ = System.Threading.Tasks.Task.Delay(1);",
        "System.Console.WriteLine();",
    ];

    [Fact]
    public async Task Build_OfAContractThatPeersCouldDifferIn_IsRefused()
    {
        var found = await AnalyzedCode.FindAsync($$"""
            internal static class Probe
            {
                public static void Run()
                {
            {{string.Join('\n', Temptations)}}
                }
            }
            """);
        var refused = found.Select(one => one.Location.GetLineSpan().StartLinePosition.Line + 1).ToHashSet();
        Assert.Empty(Temptations.Where((_, i) => !refused.Contains(FirstLine + i)));
        Assert.All(found, one => Assert.Equal(DiagnosticSeverity.Warning, one.Severity));
    }

    [Fact]
    public void ModelAndContract_AreBuiltUnderThoseRules()
    {
        string everywhere = File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props"));
        Assert.Contains("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>", everywhere, StringComparison.Ordinal);
        foreach (string project in Deterministic)
        {
            string text = File.ReadAllText(Path.Combine(Repository.Root, project));
            Assert.Contains("MicroCreds.Fabric.Analyzers.csproj\"", text, StringComparison.Ordinal);
            Assert.Contains("OutputItemType=\"Analyzer\"", text, StringComparison.Ordinal);
            Assert.DoesNotContain("NoWarn", text, StringComparison.Ordinal);
            Assert.Equal(
                project.Contains("Model", StringComparison.Ordinal),
                text.Contains("<FabricContract>true</FabricContract>", StringComparison.Ordinal));
        }

        var suppressed = Repository.FilesEndingWith(".cs")
            .Where(file => Deterministic.Any(project =>
                file.StartsWith(Path.GetDirectoryName(project)!.Replace('\\', '/') + "/", StringComparison.Ordinal)))
            .SelectMany(file => Repository.Lines(file).Select(line => Suppression().Match(line)).Where(m => m.Success)
                .Select(m => $"{file["chaincode/".Length..]}: {m.Groups[1].Value}"));
        Assert.Equal(Suppressed, suppressed);
    }

    [GeneratedRegex(@"#pragma warning disable (MCF[^/]*?) //")]
    private static partial Regex Suppression();
}
