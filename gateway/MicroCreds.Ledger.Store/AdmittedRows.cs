namespace MicroCreds.Ledger.Store;

/// <summary>The rows of a batch that are issued, and those that are not.</summary>
/// <param name="Awards">What the admitted rows award.</param>
/// <param name="Lines">Their canonical lines.</param>
/// <param name="LeftOut">The others, and why.</param>
public sealed record AdmittedRows(
    IReadOnlyList<AwardKeys> Awards, byte[] Lines, IReadOnlyList<RowLeftOut> LeftOut);

/// <summary>A row of a batch that is not issued.</summary>
/// <param name="Row">Its number, from 1.</param>
/// <param name="Reason"><c>alreadyIssued</c>, or <c>duplicate</c> of an earlier row.</param>
/// <param name="Credential">The credential that the person has.</param>
/// <param name="SameAsRow">The earlier row.</param>
public sealed record RowLeftOut(int Row, string Reason, string? Credential = null, int? SameAsRow = null);
