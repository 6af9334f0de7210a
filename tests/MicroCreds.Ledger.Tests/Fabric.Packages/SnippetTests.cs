using System.Text;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Tests.Fabric.Generators;
using MicroCreds.Ledger.Tests.Tidy;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Packages;

/// <summary>Whatever C# a document shows compiles without a warning: all of it, as one program from top to bottom.
/// </summary>
public sealed partial class SnippetTests
{
    private const string Client = "gateway/MicroCreds.Fabric.Client/README.md";

    /// <summary>Those that must show C#: without this, one whose snippets lost their mark would be asked nothing.
    /// </summary>
    private static readonly string[] MustShow =
    [
        "chaincode/MicroCreds.Fabric.Chaincode/README.md", "chaincode/docs/typed-contracts.md", Client,
        "gateway/MicroCreds.Fabric.Extensions/README.md", "network/MicroCreds.Fabric.Aspire/README.md",
        "network/MicroCreds.Fabric.Testing/README.md",
    ];

    /// <summary>What a document takes for granted.</summary>
    private static readonly Dictionary<string, string> Given = new(StringComparer.Ordinal)
    {
        [Client] = """
            internal static partial class Program
            {
                private static readonly CancellationToken cancellationToken = CancellationToken.None;
                private static Task<byte[]> SignElsewhereAsync(byte[] digest) => Task.FromResult(digest);
            }
            """,
    };

    public static TheoryData<string> Documents =>
    [
        .. Repository.FilesEndingWith(".md").Where(file => CSharpIn(file).Any()),
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void CSharp_OfADocument_Compiles(string document)
    {
        var compilation = GeneratedCode.Compile(ProgramOf(document));
        string[] faults = [.. GeneratedCode.FaultsIn(compilation).Where(fault => fault.Id != UnusedFunction)
            .Select(fault => fault.ToString())];
        Assert.True(faults.Length == 0, $"{document}:\n{string.Join('\n', faults)}");
    }

    /// <summary>A document shows a function and does not call it.</summary>
    private const string UnusedFunction = "CS8321";

    [Fact]
    public void Documents_OfWhatIsCalledFromCSharp_ShowIt() =>
        Assert.Equal(MustShow, Documents.Select(row => row.Data).Order(StringComparer.Ordinal));

    /// <summary>A program has its usings first, then its statements, then its types.</summary>
    private static string ProgramOf(string document)
    {
        var usings = new SortedSet<string>(StringComparer.Ordinal);
        var statements = new StringBuilder();
        var types = new StringBuilder(Given.GetValueOrDefault(document));
        foreach (string snippet in CSharpIn(document))
        {
            var root = CSharpSyntaxTree.ParseText(
                snippet, cancellationToken: TestContext.Current.CancellationToken).GetCompilationUnitRoot(
                TestContext.Current.CancellationToken);
            foreach (var one in root.Usings) usings.Add(one.ToString());

            foreach (var member in root.Members)
                (member is GlobalStatementSyntax ? statements : types).Append('\n').Append(member.ToFullString());
        }

        return $"{string.Join('\n', usings)}\n{statements}\n{types}";
    }

    private static IEnumerable<string> CSharpIn(string document) =>
        Block().Matches(File.ReadAllText(Path.Combine(Repository.Root, document)))
            .Select(match => match.Groups[1].Value);

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
