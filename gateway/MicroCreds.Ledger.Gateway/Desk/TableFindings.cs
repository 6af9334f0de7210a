using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>The rows of a table that are not ready, and why, in the reader's language.</summary>
internal static class TableFindings
{
    /// <summary>Lists them in the order of the rows.</summary>
    public static IEnumerable<TableFinding> Of(PageText text, PreviewedTable previewed)
    {
        var preview = previewed.Preview;
        IEnumerable<TableFinding> all =
        [
            .. preview.Faulty.Select(row => new TableFinding(row.Row, string.Join(
                " ", row.Errors.Select(error => Mend.Of(text, new FieldFault(error.Place, error.Reason)))))
            {
                IsFaulty = true,
            }),
            .. preview.PossibleDuplicates.Select(row => new TableFinding(row.Row, text["desk.many.namesake"])),
            .. preview.Duplicates.Select(row => new TableFinding(row.Row, text.Fill(
                "desk.many.sameAs", ("line", text.Whole(previewed.Table.Rows[row.SameAsRow - 1].Line))))),
            .. preview.AlreadyIssued.Select(row => new TableFinding(row.Row, text["desk.many.has"])
            {
                Credential = row.Credential,
                IsDone = true,
            }),
        ];
        return all.OrderBy(one => one.Row);
    }
}

/// <summary>A row that is not ready.</summary>
/// <param name="Row">Its number, from 1.</param>
/// <param name="Reasons">Why, and how to mend it.</param>
internal sealed record TableFinding(int Row, string Reasons)
{
    /// <summary>The credential that the person has.</summary>
    public string? Credential { get; init; }

    /// <summary>Whether its cells are faulty, so that they can be mended.</summary>
    public bool IsFaulty { get; init; }

    /// <summary>Whether there is nothing to mend: the person has it.</summary>
    public bool IsDone { get; init; }
}
