namespace MicroCreds.Ledger.Tests.Fabric.Client.Scenarios;

/// <summary>A step of a scenario: its words without the first, and the table or the text below it.</summary>
internal sealed record ScenarioStep(string Text, IReadOnlyList<string[]> Table, string Document);

/// <summary>A scenario with its background's steps, each placeholder filled in.</summary>
internal sealed record Scenario(string Feature, string Name, IReadOnlyList<ScenarioStep> Steps);

/// <summary>Reads scenarios from feature files, as far as those of fabric-gateway go.</summary>
internal static class FeatureFile
{
    private static readonly string[] Keywords = ["Given ", "When ", "Then ", "And "];

    /// <summary>Returns the scenarios of a file; one with examples once for each.</summary>
    public static IReadOnlyList<Scenario> Read(string file)
    {
        var scenarios = new List<Scenario>();
        string feature = Path.GetFileNameWithoutExtension(file);
        string[] lines = [.. File.ReadAllLines(file).Select(line => line.Trim())];
        var background = new List<ScenarioStep>();
        var steps = background;
        string name = "";
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i];
            if (line.StartsWith("Scenario:", StringComparison.Ordinal)
                || line.StartsWith("Scenario Outline:", StringComparison.Ordinal))
            {
                name = line[(line.IndexOf(':') + 1)..].Trim();
                steps = [.. background];
                if (line.StartsWith("Scenario:", StringComparison.Ordinal))
                {
                    scenarios.Add(new Scenario(feature, name, steps));
                }
            }
            else if (line is "Scenarios:" or "Examples:")
            {
                scenarios.AddRange(Fill(feature, name, steps, ReadTable(lines, i + 1)));
            }
            else if (Keywords.FirstOrDefault(word => line.StartsWith(word, StringComparison.Ordinal)) is { } keyword)
            {
                steps.Add(new ScenarioStep(
                    line[keyword.Length..], ReadTable(lines, i + 1), ReadDocument(lines, i + 1)));
            }
        }

        return scenarios;
    }

    private static IEnumerable<Scenario> Fill(
        string feature, string name, IReadOnlyList<ScenarioStep> steps, List<string[]> examples) =>
        examples.Skip(1).Select(example => new Scenario(
            feature,
            $"{name}: {string.Join(", ", example)}",
            [
                .. steps.Select(step => step with
                {
                    Text = examples[0].Zip(example).Aggregate(
                        step.Text, (text, pair) => text.Replace($"<{pair.First}>", pair.Second)),
                }),
            ]));

    private static List<string[]> ReadTable(string[] lines, int from) =>
    [
        .. lines.Skip(from).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray()),
    ];

    private static string ReadDocument(string[] lines, int from) =>
        from < lines.Length && lines[from] == "\"\"\""
            ? string.Join('\n', lines.Skip(from + 1).TakeWhile(line => line != "\"\"\""))
            : "";
}
