using System.Text.RegularExpressions;
using MicroCreds.Ledger.Tests.Tidy;
using Microsoft.CodeAnalysis;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Analyzers;

/// <summary>Faulty chaincode, each fault named by a comment at the end of its line; and one that is as it should be.
/// </summary>
public sealed partial class SampleTests
{
    private const string Folder = "tests/MicroCreds.Ledger.Tests/Fabric.Analyzers/Samples/";
    private const string Clean = "Clean";

    private static readonly string[] Rules = [.. AnalyzedCode.Analyzers
        .SelectMany(analyzer => analyzer.SupportedDiagnostics).Select(rule => rule.Id).Distinct()
        .Order(StringComparer.Ordinal)];

    public static TheoryData<string> Samples =>
        [.. Repository.Files.Where(file => file.StartsWith(Folder, StringComparison.Ordinal))
            .Select(Path.GetFileNameWithoutExtension).OfType<string>()];

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Sample_HasTheFaultsThatItNames_AndNoOthers(string sample)
    {
        string code = Read(sample);
        var found = await AnalyzedCode.FindAsync(code);
        Assert.Equal(Expected(code), found.Select(one => (Line(one), one.Id)).Order());
        Assert.Equal(sample == Clean, found.Count == 0);
    }

    [Fact]
    public void Samples_NameEveryRule_AndSoDoesTheDocument()
    {
        string[] named = [.. Samples.SelectMany(sample => Expected(Read(sample.Data))).Select(fault => fault.Id)
            .Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(Rules, named);
        string document = File.ReadAllText(Path.Combine(Repository.Root, "chaincode/docs/analyzers.md"));
        Assert.All(Rules, rule => Assert.Contains($"### {rule}", document, StringComparison.Ordinal));
        Assert.True(Samples.Count > 20);
    }

    [Theory]
    [InlineData(false, null, false)]
    [InlineData(false, "true", true)]
    [InlineData(true, null, true)]
    [InlineData(true, "false", false)]
    public async Task Scope_IsWhatReferencesTheLibrary_OrSaysThatItIsOfAContract(
        bool isReferenced, string? said, bool isLooked)
    {
        var references = AnalyzedCode.References.Where(one => isReferenced
            || !one.Display!.EndsWith("MicroCreds.Fabric.Chaincode.dll", StringComparison.Ordinal));
        (string, string)[] properties = said is null ? [] : [("FabricContract", said)];
        var found = await AnalyzedCode.FindAsync("class A { object B = DateTime.Now; }", references, properties);
        Assert.Equal(isLooked, found.Count == 1);
        Assert.All(found, one => Assert.Equal(DiagnosticSeverity.Warning, one.Severity));
    }

    [Fact]
    public async Task Scope_LeavesOutTests() => Assert.Empty(await AnalyzedCode.FindAsync(
        "class A { object B = DateTime.Now; }", properties: ("IsTestProject", "true")));

    private static string Read(string sample) =>
        File.ReadAllText(Path.Combine(Repository.Root, Folder, sample + ".cs"));

    private static IEnumerable<(int Line, string Id)> Expected(string code) => code.Split('\n')
        .SelectMany((line, index) => Marker().Match(line).Groups[1].Captures
            .Select(id => (index + 1, id.Value.Trim())))
        .Order();

    private static int Line(Diagnostic found) => found.Location.GetLineSpan().StartLinePosition.Line + 1;

    [GeneratedRegex(@"//( MCF\d{4})+$")]
    private static partial Regex Marker();
}
