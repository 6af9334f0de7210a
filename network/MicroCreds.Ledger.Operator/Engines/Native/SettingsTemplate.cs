using System.Text.RegularExpressions;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>A file of network/fabric whose names between double braces are filled in.</summary>
internal static partial class SettingsTemplate
{
    private static readonly string Directory = Path.Combine(Programs.Root, "network", "fabric");

    /// <summary>The external builder's directory, which peers are told of.</summary>
    public static string BuilderDirectory => Path.Combine(Directory, "builder");

    /// <summary>Fills in a template.</summary>
    /// <exception cref="OperatorException">The template is not there, or has a name that is not given.</exception>
    public static string Fill(string name, IReadOnlyDictionary<string, string> values)
    {
        string file = Path.Combine(Directory, name);
        if (!File.Exists(file))
        {
            throw new OperatorException($"{file} is not there: restore it from the repository.");
        }

        return Placeholder().Replace(File.ReadAllText(file), match =>
            values.TryGetValue(match.Groups[1].Value, out string? value)
                ? value
                : throw new OperatorException($"{file} asks for {match.Value}, which nobody gives: mend the name."));
    }

    /// <summary>Moves every line of a piece to the right, to stand in a list of another file.</summary>
    public static string Indent(string piece, int columns) => string.Join(
        '\n', piece.TrimEnd('\n').Split('\n').Select(line => new string(' ', columns) + line));

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Placeholder();
}
