namespace MicroCreds.Ledger.Gateway.Tables;

/// <summary>A table as it was uploaded: every cell is text.</summary>
/// <param name="Header">The names of its columns.</param>
/// <param name="Rows">The rows that are not blank.</param>
public sealed record UploadedTable(IReadOnlyList<string> Header, IReadOnlyList<TableRow> Rows)
{
    /// <summary>The requests themselves, where the file holds requests and the cells are made of them.</summary>
    public IReadOnlyList<byte[]>? Requests { get; init; }

    /// <summary>The most columns.</summary>
    public const int MaxColumns = 100;

    /// <summary>The longest text in a cell.</summary>
    public const int MaxCellLength = 5000;
}

/// <summary>A row of a table.</summary>
/// <param name="Line">Where it begins in the file, as a person counts: the first line is 1.</param>
/// <param name="Cells">Its cells.</param>
public sealed record TableRow(int Line, IReadOnlyList<string> Cells)
{
    /// <summary>A cell, without the white space around it; nothing where the row is shorter.</summary>
    public string this[int column] => column >= 0 && column < Cells.Count ? Cells[column].Trim() : "";
}

/// <summary>A file is no table that can be read.</summary>
/// <param name="code">Why, as the pages' texts have it under <c>desk.file</c>.</param>
/// <param name="message">Why, in a sentence.</param>
/// <param name="cause">What went wrong in reading it. Default is nothing.</param>
public sealed class TableException(string code, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Why: a fixed code.</summary>
    public string Code { get; } = code;
}
