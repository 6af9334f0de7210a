namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// A table whose rows become cards on narrow screens, by the style alone. The roles are written out, since browsers
/// drop a table's meaning with its layout; and each cell repeats its column's heading for those who see a card.
/// </summary>
/// <param name="headings">What the columns are called, that of the rows first.</param>
internal sealed class StackedTable(params string[] headings)
{
    /// <summary>The identifier of what names the table; none if it has a caption.</summary>
    public string? LabelledBy { get; init; }

    /// <summary>Its caption.</summary>
    public string? Caption { get; init; }

    /// <summary>Whether the columns but the first hold numbers.</summary>
    public bool HasNumbers { get; init; }

    public Html Render(IEnumerable<Html> rows) => $"""
        <table class="stacked{(HasNumbers ? " numbers" : "")}" role="table"{Label()}>
        {(Caption is null ? Html.None : (Html)$"<caption>{Caption}</caption>")}
        <thead role="rowgroup"><tr role="row">{headings.Select(Html (heading) =>
            $"<th role=\"columnheader\" scope=\"col\">{heading}</th>")}</tr></thead>
        <tbody role="rowgroup">{rows}</tbody>
        </table>
        """;

    /// <summary>A row.</summary>
    /// <param name="header">What it is about.</param>
    /// <param name="cells">What stands in the further columns.</param>
    public Html Row(Html header, params IEnumerable<Html> cells) => $"""
        <tr role="row"><th role="rowheader" scope="row">{header}</th>{cells.Select(Cell)}</tr>
        """;

    private Html Cell(Html value, int index) => $"""
        <td role="cell"><span class="heading" aria-hidden="true">{headings[index + 1]}</span> {value}</td>
        """;

    private Html Label() => LabelledBy is null ? Html.None : $" aria-labelledby=\"{LabelledBy}\"";
}
