using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>
/// A pathway as a picture that a phone shows whole: its groups one below the other as boxes with what counts in them,
/// at their left what comes before what, at their right the way to the award. How it is coloured says the style sheet.
/// </summary>
/// <param name="words">What it says.</param>
internal sealed class PathwayDrawing(PathwayWords words)
{
    private const int Width = 328;
    private const int Left = 22;
    private const int Right = 300;
    private const int Trunk = 316;
    private const int Padding = 12;
    private const int LineHeight = 18;
    private const int Gap = 26;

    /// <summary>The most characters that fit into a line: of a name, of a rule, of what lies in a box.</summary>
    private const int NameLine = 29;
    private const int RuleLine = 36;
    private const int ItemLine = 31;

    private readonly List<Html> _shapes = [];
    private readonly Dictionary<string, (int Top, int Bottom)> _places = [];
    private int _y = 4;

    public Html Render()
    {
        foreach (var group in words.Groups) AddGroup(group);
        int award = AddAward();
        AddWays(award);
        return $"""
            <svg class="pathway" viewBox="0 0 {Width} {_y}" role="img" aria-labelledby="drawing-title">
            <title id="drawing-title">{Alternative}</title>
            <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"
              orient="auto-start-reverse"><path class="tip" d="M0 0 8 4 0 8z" /></marker></defs>
            {_shapes}
            </svg>
            """;
    }

    /// <summary>The picture in a sentence; all of it stands beside it in words.</summary>
    private string Alternative => words.Text.Fill(
        "desk.pathways.alternative", ("name", words.Pathway.Name),
        ("groups", string.Join(", ", words.Groups.Select(group => group.Name))), ("award", words.Award));

    private void AddGroup(PathwayGroup group)
    {
        int top = _y;
        var lines = new List<Html>();
        int y = top + Padding;
        AddText(lines, group.Name, "name", NameLine, Left + Padding, ref y);
        AddText(lines, string.Join(" · ", words.RulesOf(group)), "rule", RuleLine, Left + Padding, ref y);
        foreach (var item in group.Items) AddItem(lines, words.NameOf(item), "item", ref y);
        if (words.PoolOf(group) is { } pool) AddItem(lines, pool, "item open", ref y);
        y += Padding - 2;
        _shapes.Add(Box(top, y, "group"));
        _shapes.AddRange(lines);
        _places[group.Id] = (top, y);
        _y = y + Gap;
    }

    private int AddAward()
    {
        int top = _y;
        var lines = new List<Html>();
        int y = top + Padding;
        AddText(lines, words.Award, "name", NameLine, Left + Padding, ref y);
        AddText(lines, string.Join(" · ", words.Whole.Take(1)), "rule", RuleLine, Left + Padding, ref y);
        y += Padding - 4;
        _shapes.Add(Box(top, y, "award"));
        _shapes.AddRange(lines);
        _y = y + 4;
        return (top + y) / 2;
    }

    private void AddWays(int award)
    {
        int first = _places.Values.Select(Middle).DefaultIfEmpty(award).Min();
        foreach (var place in _places.Values)
            _shapes.Add(Way($"M{Right} {Middle(place)}H{Trunk}"));
        _shapes.Add(Way($"M{Trunk} {first}V{award}H{Right + 2}", hasTip: true));
        foreach (var group in words.Groups)
        {
            foreach (string before in group.After.Where(_places.ContainsKey))
            {
                int from = Middle(_places[before]);
                int to = _places[group.Id].Top + Padding + (LineHeight / 2);
                _shapes.Add(Way($"M{Left} {from}H7V{to}H{Left - 2}", hasTip: true));
            }
        }
    }

    private static void AddItem(List<Html> lines, string said, string kind, ref int y)
    {
        int top = y + 4;
        int at = top + 5;
        var inner = new List<Html>();
        AddText(inner, said, "said", ItemLine, Left + Padding + 9, ref at);
        at += 5;
        lines.Add($"""
            <rect class="{kind}" x="{Left + Padding}" y="{top}" width="{Right - Left - (2 * Padding)}"
              height="{at - top}" rx="5" />
            """);
        lines.AddRange(inner);
        y = at + 2;
    }

    private static void AddText(List<Html> lines, string said, string kind, int most, int x, ref int y)
    {
        foreach (string line in Wrap(said, most))
        {
            lines.Add($"""<text class="{kind}" x="{x}" y="{y + 13}">{line}</text>""");
            y += LineHeight;
        }
    }

    /// <summary>Breaks a text into lines at its blanks, and a word only where it is longer than a line.</summary>
    internal static IEnumerable<string> Wrap(string said, int most)
    {
        string line = "";
        foreach (string whole in said.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string word = whole;
            if (line.Length > 0 && line.Length + 1 + word.Length <= most)
            {
                line += " " + word;
                continue;
            }

            if (line.Length > 0) yield return line;
            for (; word.Length > most; word = word[(most - 1)..]) yield return word[..(most - 1)] + "-";
            line = word;
        }

        if (line.Length > 0) yield return line;
    }

    private static Html Box(int top, int bottom, string kind) => $"""
        <rect class="{kind}" x="{Left}" y="{top}" width="{Right - Left}" height="{bottom - top}" rx="8" />
        """;

    private static Html Way(string path, bool hasTip = false) => hasTip
        ? $"""<path class="way" d="{path}" marker-end="url(#tip)" />"""
        : (Html)$"""<path class="way" d="{path}" />""";

    private static int Middle((int Top, int Bottom) place) => (place.Top + place.Bottom) / 2;
}
