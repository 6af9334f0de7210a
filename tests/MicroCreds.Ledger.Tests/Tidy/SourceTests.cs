using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace MicroCreds.Ledger.Tests.Tidy;

/// <summary>The habits of the house that a machine can check; why they are habits stands in the README.</summary>
public sealed partial class SourceTests
{
    private const int MaxLinesPerFile = 400;
    private const int MaxLinesPerMethod = 75;
    private const int MaxLineLength = 120;

    private static readonly string[] EmptyNames =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Processor", "Impl", "Common", "Shared", "Misc"];

    private static IEnumerable<string> CSharp => Repository.FilesEndingWith(".cs");

    [Fact]
    public void Files_AreShort() =>
        AssertNone(CSharp.Where(file => Repository.Lines(file).Length > MaxLinesPerFile)
            .Select(file => $"{file}: {Repository.Lines(file).Length} lines, at most {MaxLinesPerFile}"));

    [Fact]
    public void Lines_AreShort() =>
        AssertNone(Repository.FilesEndingWith(".cs", ".sh", ".proto").SelectMany(file => Repository.Lines(file)
            .Select((line, index) => (line, index))
            .Where(item => item.line.Length > MaxLineLength && !item.line.Contains("http", StringComparison.Ordinal))
            .Select(item => $"{file}:{item.index + 1}: {item.line.Length} characters, at most {MaxLineLength}")));

    [Fact]
    public void Methods_AreShort()
    {
        var faults = new List<string>();
        foreach (string file in CSharp)
        {
            var tree = CSharpSyntaxTree.ParseText(
                File.ReadAllText(Path.Combine(Repository.Root, file)),
                cancellationToken: TestContext.Current.CancellationToken);
            foreach (var method in tree.GetRoot(TestContext.Current.CancellationToken).DescendantNodes()
                .Where(node => node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax))
            {
                var span = tree.GetLineSpan(method.Span, TestContext.Current.CancellationToken);
                int lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
                if (lines > MaxLinesPerMethod)
                {
                    faults.Add($"{file}:{span.StartLinePosition.Line + 1}: a method of {lines} lines");
                }
            }
        }

        AssertNone(faults);
    }

    [Fact]
    public void Names_SayWhatAThingIs() =>
        AssertNone(CSharp.Select(Path.GetFileNameWithoutExtension)
            .Where(name => EmptyNames.Any(empty => name!.EndsWith(empty, StringComparison.Ordinal)))
            .Select(name => $"{name}: a name that says nothing"));

    [Fact]
    public void Leftovers_AreGone() =>
        AssertNone(Repository.FilesEndingWith(".cs", ".sh", ".proto", ".js", ".mjs", ".css", ".html")
            .Where(file => !file.EndsWith("Tidy/SourceTests.cs", StringComparison.Ordinal))
            .SelectMany(file => Repository.Lines(file)
                .Select((line, index) => (line, index))
                .Where(item => Leftover().IsMatch(item.line))
                .Select(item => $"{file}:{item.index + 1}: {item.line.Trim()}")));

    [Fact]
    public void Suppressions_SayWhy() =>
        AssertNone(CSharp.Where(file => !file.EndsWith("Tidy/SourceTests.cs", StringComparison.Ordinal))
            .SelectMany(file => Repository.Lines(file)
                .Select((line, index) => (line, index))
                .Where(item => item.line.Contains("#pragma warning disable", StringComparison.Ordinal)
                    && !item.line.Contains("//", StringComparison.Ordinal))
                .Select(item => $"{file}:{item.index + 1}: a suppression without its reason")));

    [Fact]
    public void Namespaces_AreFolders() =>
        AssertNone(CSharp.Where(file => !file.EndsWith("Program.cs", StringComparison.Ordinal))
            .Select(file => (file, expected: NamespaceOf(file), line: Array.Find(
                Repository.Lines(file), line => line.StartsWith("namespace ", StringComparison.Ordinal))))
            .Where(item => item.line is not null && item.expected is not null
                && item.line.TrimEnd(';')["namespace ".Length..] != item.expected)
            .Select(item => $"{item.file}: {item.line} should be {item.expected}"));

    /// <summary>The folders from the project down; the tests group theirs by the project they test.</summary>
    private static string? NamespaceOf(string file)
    {
        string[] parts = file.Split('/');
        int first = parts.Length > 1 && parts[1] == "samples" ? 2 : 1;
        return parts.Length < first + 2 || parts[0] == "tests" ? null : string.Join('.', parts[first..^1]);
    }

    private static void AssertNone(IEnumerable<string> faults)
    {
        string[] all = [.. faults];
        Assert.True(all.Length == 0, string.Join(Environment.NewLine, all));
    }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK)\b|#region|NotImplementedException")]
    private static partial Regex Leftover();
}
