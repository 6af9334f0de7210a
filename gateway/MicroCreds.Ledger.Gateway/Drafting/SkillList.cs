using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Drafting;

/// <summary>
/// The skills that an institution chooses from: ESCO's own table of skills, or one of its form, in a file. Read when it
/// is first asked for, and then kept in memory. Thread-safe.
/// </summary>
public sealed class SkillList(GatewayServiceOptions options)
{
    /// <summary>The largest file that is read; ESCO's has some 10 MB.</summary>
    public const long MaxFileBytes = 64 * 1024 * 1024;

    /// <summary>The columns that a file must have.</summary>
    public static readonly IReadOnlyList<string> Columns = ["conceptUri", "preferredLabel"];

    private const string Alternatives = "altLabels";
    private const int MaxFound = 12;
    private const int MaxSkills = 100_000;

    // A file that could not be read is tried again when it is asked for the next time.
    private readonly Lazy<IReadOnlyList<Entry>> _entries = new(
        () => options.SkillsFile is { } file ? ReadAll(file) : [], LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Whether there is a file.</summary>
    public bool IsThere => options.SkillsFile is not null;

    /// <summary>Finds skills of which each word that was given begins a word; by their own names first.</summary>
    public IReadOnlyList<Skill> Find(string query)
    {
        var words = NameWords.Of(query);
        if (words.Count == 0) return [];
        return
        [
            .. _entries.Value.Select(entry => (entry.Skill, Distance: entry.DistanceOf(words)))
                .Where(one => one.Distance is not null)
                .OrderBy(one => one.Distance).ThenBy(one => one.Skill.Name.Length)
                .ThenBy(one => one.Skill.Name, StringComparer.Ordinal)
                .Select(one => one.Skill).Take(MaxFound),
        ];
    }

    /// <summary>Finds the skill of an address.</summary>
    public Skill? FindByUrl(string url) => _entries.Value.FirstOrDefault(entry => entry.Skill.Url == url)?.Skill;

    /// <summary>Says what is wrong with a file; nothing if it can be read.</summary>
    internal static string? FaultOf(string file)
    {
        if (!File.Exists(file)) return "there is no such file.";
        if (new FileInfo(file).Length > MaxFileBytes)
            return $"it has more than {MaxFileBytes / 1024 / 1024} MiB.";
        using var reader = Open(file, out var csv);
        using (csv)
        {
            string[] header = csv.Read() && csv.ReadHeader() ? csv.HeaderRecord ?? [] : [];
            string[] missing = [.. Columns.Except(header, StringComparer.Ordinal)];
            return missing.Length == 0
                ? null : $"its first line must name the columns {string.Join(" and ", missing)}, as ESCO's file does.";
        }
    }

    private static IReadOnlyList<Entry> ReadAll(string file)
    {
        try
        {
            return [.. Read(file)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CsvHelperException)
        {
            throw new ProblemException(
                ProblemKind.NotReady,
                "The list of skills cannot be read: whoever runs the gateway looks at the file that "
                + $"MICROCREDS_SKILLS_FILE names ({exception.GetType().Name}). Nothing was changed.");
        }
    }

    private static IEnumerable<Entry> Read(string file)
    {
        using var reader = Open(file, out var csv);
        using (csv)
        {
            csv.Read();
            csv.ReadHeader();
            for (int i = 0; i < MaxSkills && csv.Read(); i++)
            {
                string url = csv.GetField("conceptUri")?.Trim() ?? "";
                string name = csv.GetField("preferredLabel")?.Trim() ?? "";
                if (url.Length == 0 || name.Length == 0) continue;
                csv.TryGetField(Alternatives, out string? others);
                yield return new Entry(new Skill(name, url), NameWords.Of(name), WordsOf(others));
            }
        }
    }

    private static StreamReader Open(string file, out CsvReader csv)
    {
        var reader = new StreamReader(file);
        csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            MissingFieldFound = null,
            BadDataFound = null,
        });
        return reader;
    }

    // ESCO puts one alternative a line into the cell.
    private static IReadOnlyList<string>[] WordsOf(string? alternatives) =>
    [
        .. (alternatives ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(NameWords.Of),
    ];

    private sealed record Entry(Skill Skill, IReadOnlyList<string> Words, IReadOnlyList<IReadOnlyList<string>> Others)
    {
        /// <summary>0 for its own name, 1 for another that it has; nothing if it is not meant.</summary>
        public int? DistanceOf(IReadOnlyList<string> sought) =>
            Has(Words, sought) ? 0 : Others.Any(words => Has(words, sought)) ? 1 : null;

        private static bool Has(IReadOnlyList<string> words, IReadOnlyList<string> sought) =>
            sought.All(one => words.Any(word => word.StartsWith(one, StringComparison.Ordinal)));
    }
}
