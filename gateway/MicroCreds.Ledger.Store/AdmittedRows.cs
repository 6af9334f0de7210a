namespace MicroCreds.Ledger.Store;

/// <summary>The rows of a batch that are issued, and those that are not.</summary>
/// <param name="Rows">The numbers of the admitted rows, from 1.</param>
/// <param name="Awards">What they award.</param>
/// <param name="Lines">Their canonical lines.</param>
/// <param name="LeftOut">The others, and why.</param>
public sealed record AdmittedRows(
    IReadOnlyList<int> Rows, IReadOnlyList<AwardKeys> Awards, byte[] Lines, IReadOnlyList<RowLeftOut> LeftOut);

/// <summary>A row of a batch that is not issued.</summary>
/// <param name="Row">Its number, from 1.</param>
/// <param name="Reason"><c>alreadyIssued</c>, or <c>duplicate</c> of an earlier row.</param>
/// <param name="Credential">The credential that the person has.</param>
/// <param name="SameAsRow">The earlier row.</param>
public sealed record RowLeftOut(int Row, string Reason, string? Credential = null, int? SameAsRow = null);
