using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace MicroCreds.Ledger.Tests.Tidy;

/// <summary>Documents lead where they say, and every one of them is found from the index of its folder.</summary>
public sealed partial class DocumentTests
{
    private static IEnumerable<string> Documents => Repository.FilesEndingWith(".md");

    [Fact]
    public void Links_LeadSomewhere()
    {
        string[] dead = [.. Documents.SelectMany(file => LinksOf(file)
            .Where(link => !Leads(file, link)).Select(link => $"{file}: {link} leads nowhere"))];
        Assert.True(dead.Length == 0, string.Join(Environment.NewLine, dead));
    }

    [Fact]
    public void Documents_AreLinkedFromTheIndexOfTheirFolder()
    {
        string[] indexes = [.. Documents.Where(file => Index().IsMatch(file))];
        Assert.NotEmpty(indexes);
        var lost = new List<string>();
        foreach (string index in indexes)
        {
            var linked = LinksOf(index).Select(link => Target(index, link).Path).ToHashSet(StringComparer.Ordinal);
            string folder = index[..^"README.md".Length];
            lost.AddRange(Documents
                .Where(file => file != index && file.StartsWith(folder, StringComparison.Ordinal)
                    && !linked.Contains(file) && !linked.Contains(Parent(file)))
                .Select(file => $"{index} does not link {file}"));
        }

        Assert.True(lost.Count == 0, string.Join(Environment.NewLine, lost));
    }

    [Fact]
    public void Tests_ThatAreNamed_AreThere()
    {
        var known = Repository.FilesEndingWith("Tests.cs").Select(Path.GetFileNameWithoutExtension)
            .ToHashSet(StringComparer.Ordinal);
        string[] unknown = [.. Documents.SelectMany(file => TestName().Matches(TextOf(file))
            .Select(match => match.Groups[1].Value).Where(name => !known.Contains(name))
            .Select(name => $"{file}: there is no {name}"))];
        Assert.True(unknown.Length == 0, string.Join(Environment.NewLine, unknown));
    }

    [Theory]
    [InlineData("What it costs", "what-it-costs")]
    [InlineData("Others' credentials", "others-credentials")]
    [InlineData("The link, `/claim/{secret}`", "the-link-claimsecret")]
    [InlineData("The [seed](documents.md), version 1", "the-seed-version-1")]
    public void AnchorOf_Heading_IsWhatReadersMakeOfIt(string heading, string anchor) =>
        Assert.Equal(anchor, AnchorOf(heading));

    /// <summary>The addresses of a document's links and pictures that lie in this repository.</summary>
    private static IEnumerable<string> LinksOf(string file) =>
        Link().Matches(Quoted().Replace(TextOf(file), ""))
            .Select(match => match.Groups.Values.Skip(1).First(group => group.Success).Value)
            .Where(link => !Scheme().IsMatch(link));

    private static bool Leads(string file, string link)
    {
        var (path, anchor) = Target(file, link);
        string there = Path.Combine(Repository.Root, path);
        return anchor.Length == 0
            ? File.Exists(there) || Directory.Exists(there)
            : path.EndsWith(".md", StringComparison.Ordinal) && File.Exists(there)
                && Heading().Matches(TextOf(path)).Any(match => AnchorOf(match.Groups[1].Value) == anchor);
    }

    private static (string Path, string Anchor) Target(string file, string link)
    {
        string[] parts = link.Split('#', 2);
        string path = parts[0].Length == 0
            ? file
            : Path.GetRelativePath(
                Repository.Root, Path.Combine(Repository.Root, Path.GetDirectoryName(file)!, parts[0]))
                .Replace('\\', '/').TrimEnd('/');
        return (path, parts.Length == 2 ? parts[1] : "");
    }

    /// <summary>A link to a folder leads to its README.</summary>
    private static string Parent(string file) =>
        file.EndsWith("/README.md", StringComparison.Ordinal) ? file[..^"/README.md".Length] : file;

    /// <summary>The document without what it shows as code.</summary>
    private static string TextOf(string file) =>
        Fenced().Replace(File.ReadAllText(Path.Combine(Repository.Root, file)), "");

    private static string AnchorOf(string heading)
    {
        var anchor = new StringBuilder();
        foreach (char letter in Linked().Replace(heading, "$1").Trim().ToLowerInvariant())
        {
            if (letter == ' ') anchor.Append('-');
            else if (char.IsLetterOrDigit(letter) || letter is '-' or '_') anchor.Append(letter);
        }

        return anchor.ToString();
    }

    [GeneratedRegex("^[^/]+/docs/README\\.md$")]
    private static partial Regex Index();

    [GeneratedRegex("""\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"|^\[[^\]]+\]: (\S+)""", RegexOptions.Multiline)]
    private static partial Regex Link();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Linked();

    [GeneratedRegex("^[a-z]+:")]
    private static partial Regex Scheme();

    [GeneratedRegex(@"^#{1,6} (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^ *```.*?^ *```\s*?$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fenced();

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex Quoted();

    [GeneratedRegex("`([A-Z][A-Za-z0-9]*Tests)\\b")]
    private static partial Regex TestName();
}
