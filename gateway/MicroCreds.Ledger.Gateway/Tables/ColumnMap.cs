using System.Globalization;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Tables;

/// <summary>Which column of a table is what: by the names that people give, or as somebody says.</summary>
public sealed class ColumnMap
{
    /// <summary>What the parameters and fields begin with that say by hand which column is what.</summary>
    public const string ByHand = "col-";

    /// <summary>What a column can be.</summary>
    public static readonly IReadOnlyList<string> Fields =
    [
        "name", "givenName", "familyName", "email", "studentNumber", "achievement", "value", "status", "validUntil",
        "id", "evidenceName", "evidenceUrl", "language",
    ];

    private static readonly Dictionary<string, string> Known = FindKnown();

    private readonly Dictionary<string, int> _columns;

    private ColumnMap(Dictionary<string, int> columns, IReadOnlyList<string> unused) =>
        (_columns, Unused) = (columns, unused);

    /// <summary>The names of the columns that are not looked at.</summary>
    public IReadOnlyList<string> Unused { get; }

    /// <summary>Whether the learner's name is somewhere.</summary>
    public bool HasName => this["name"] >= 0 || (this["givenName"] >= 0 && this["familyName"] >= 0);

    /// <summary>The column that a field is in; -1 if in none.</summary>
    public int this[string field] => _columns.GetValueOrDefault(field, -1);

    /// <summary>Finds out which column is what.</summary>
    /// <param name="header">The names of the columns.</param>
    /// <param name="chosen">What somebody says of a field: a column's number from 0, or nothing.</param>
    public static ColumnMap Of(IReadOnlyList<string> header, Func<string, string?> chosen)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(chosen);
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < header.Count; i++)
        {
            if (Known.TryGetValue(Comparable(header[i]), out string? field)) columns.TryAdd(field, i);
        }

        foreach (string field in Fields)
        {
            if (chosen(ByHand + field) is not { } text) continue;
            columns.Remove(field);
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int column)
                && column < header.Count)
                columns[field] = column;
        }

        var unused = header.Where((name, i) => name.Length > 0 && !columns.ContainsValue(i)).ToList();
        return new ColumnMap(columns, unused);
    }

    private static string Comparable(string name) =>
        ComparableText.OfName(name).Replace(" ", "", StringComparison.Ordinal);

    private static Dictionary<string, string> FindKnown()
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string field in Fields)
        {
            known[Comparable(field)] = field;
            foreach (string language in PageText.Languages)
            {
                string names = PageText.In(language)[$"desk.columns.{field}"];
                foreach (string name in names.Split(';')) known.TryAdd(Comparable(name), field);
            }
        }

        return known;
    }
}
