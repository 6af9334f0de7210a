using System.Security.Cryptography;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Tables;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>What a table leads to, and the issuing of what is ready of it. Thread-safe.</summary>
public sealed class TableIntake(BatchIntake batches, UploadedTables tables, TimeProvider time)
{
    /// <summary>The time.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Looks at a table, row by row; nothing is changed.</summary>
    /// <param name="stored">The table.</param>
    /// <param name="chosen">What somebody chose: the achievement, and which column is what.</param>
    public async Task<PreviewedTable> PreviewAsync(StoredTable stored, Func<string, string?> chosen)
    {
        ArgumentNullException.ThrowIfNull(stored);
        ArgumentNullException.ThrowIfNull(chosen);
        var table = await Task.Run(() => MendedCells.Apply(TableReader.Read(stored.Content), stored.Mended));
        var columns = ColumnMap.Of(table.Header, chosen);
        string achievement = chosen("achievement") ?? "";
        return new PreviewedTable(
            stored.Name, table, columns, achievement,
            await batches.PreviewAsync(TableRequests.Of(table, columns, achievement)))
        {
            Hash = SHA256.HashData(stored.Content),
        };
    }

    /// <summary>Issues the rows that are ready; sending it again issues nothing again.</summary>
    /// <returns>The address of the batch, or of the request that waits.</returns>
    public async Task<string> IssueAsync(string id, PreviewedTable previewed, Caller caller, DueTime? due)
    {
        ArgumentNullException.ThrowIfNull(previewed);
        byte[] requests = TableRequests.Write(
            previewed.Table, previewed.Columns, previewed.Achievement, previewed.Preview.ReadyRows);
        var source = new IssuanceSource
        {
            File = previewed.Name,
            FileHash = previewed.Hash,
            Lines =
            [
                .. Enumerable.Range(1, previewed.Table.Rows.Count).Where(previewed.Preview.ReadyRows.Contains)
                    .Select(row => previewed.Table.Rows[row - 1].Line),
            ],
        };
        var taken = await batches.AcceptAsync(
            requests, isList: false, "table-" + id, caller, new IssuingTerms { Due = due, Source = source });
        string address = taken.Held is { } held ? $"requests/{held.Id}" : $"batches/{taken.Batch!.Id}";
        await tables.SetBecameAsync(id, address);
        return address;
    }
}

/// <summary>A table and what it leads to.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Table">The table.</param>
/// <param name="Columns">Which column is what.</param>
/// <param name="Achievement">What rows award that do not say it.</param>
/// <param name="Preview">What it leads to.</param>
public sealed record PreviewedTable(
    string Name, UploadedTable Table, ColumnMap Columns, string Achievement, BatchPreview Preview)
{
    /// <summary>The file's SHA-256.</summary>
    public byte[] Hash { get; init; } = [];
}
