using System.Buffers.Binary;
using System.Data.Common;

namespace MicroCreds.Ledger.Store;

/// <summary>Where the rows of an issuance are from.</summary>
public sealed record IssuanceSource
{
    /// <summary>The name of the file that they stood in; none if they came by the API.</summary>
    public string? File { get; init; }

    /// <summary>The file's SHA-256.</summary>
    public byte[]? FileHash { get; init; }

    /// <summary>The line of the file that each row stood in; none if they are the rows' own numbers.</summary>
    public IReadOnlyList<int>? Lines { get; init; }

    /// <summary>The request by which somebody else approved, or which waited for its day.</summary>
    public string? Request { get; init; }

    /// <summary>
    /// The UUID of the credential that it takes the place of, until <see cref="PendingCorrections"/> has that revoked.
    /// </summary>
    public string? Corrects { get; init; }

    /// <summary>The line that a row stood in.</summary>
    /// <param name="row">The row's number in the issuance, from 1.</param>
    public int LineOf(int row) => Lines is { } lines && row >= 1 && row <= lines.Count ? lines[row - 1] : row;

    /// <summary>The same with those rows alone that are issued.</summary>
    /// <param name="rows">Their numbers among the rows that were asked for, in their order.</param>
    internal IssuanceSource Only(IReadOnlyList<int> rows)
    {
        bool isAll = true;
        for (int i = 0; i < rows.Count && isAll; i++) isAll = rows[i] == i + 1;
        return isAll ? this : this with { Lines = [.. rows.Select(LineOf)] };
    }

    /// <summary>The lines as the store keeps them: as differences, packed.</summary>
    internal static byte[]? Pack(IReadOnlyList<int>? lines)
    {
        if (lines is null) return null;

        byte[] differences = new byte[lines.Count * sizeof(int)];
        int before = 0;
        for (int i = 0; i < lines.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(differences.AsSpan(i * sizeof(int)), lines[i] - before);
            before = lines[i];
        }

        return PackedDocument.Of(differences).Bytes;
    }

    internal static IReadOnlyList<int>? Unpack(byte[]? packed)
    {
        if (packed is null) return null;

        byte[] differences = new PackedDocument(packed).Unpack();
        int[] lines = new int[differences.Length / sizeof(int)];
        int before = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            before += BinaryPrimitives.ReadInt32LittleEndian(differences.AsSpan(i * sizeof(int)));
            lines[i] = before;
        }

        return lines;
    }

    /// <summary>Notes it, in the transaction that keeps the issuance.</summary>
    /// <exception cref="RequestEndedException">The request was withdrawn: nothing is issued for it.</exception>
    internal void Insert(DbConnection connection, string issuance)
    {
        if (Request is not null) RequireApproved(connection, Request);
        using var insert = connection.Prepare("INSERT INTO issuance_source VALUES ($0, $1, $2, $3, $4, $5)", 6);
        insert.With(issuance, File, FileHash, Pack(Lines), Request, Corrects).ExecuteNonQuery();
    }

    // Nobody else writes in this transaction: whoever withdraws it comes before this, or finds the issuance.
    private static void RequireApproved(DbConnection connection, string request)
    {
        using var select = connection.Prepare(
            $"SELECT 1 FROM issuing_request WHERE id = $0 AND state = '{IssuingRequestState.Approved}'", 1);
        if (select.With(request).ExecuteScalar() is null) throw new RequestEndedException(request);
    }

    internal static IssuanceSource? Find(Database.Reader reader, string issuance)
    {
        using var row = reader.Prepare(
                "SELECT file, file_hash, file_lines, request, corrects FROM issuance_source WHERE issuance = $0", 1)
            .With(issuance).ExecuteReader();
        return row.Read()
            ? new IssuanceSource
            {
                File = row.IsDBNull(0) ? null : row.GetString(0),
                FileHash = row.IsDBNull(1) ? null : row.GetFieldValue<byte[]>(1),
                Lines = Unpack(row.IsDBNull(2) ? null : row.GetFieldValue<byte[]>(2)),
                Request = row.IsDBNull(3) ? null : row.GetString(3),
                Corrects = row.IsDBNull(4) ? null : row.GetString(4),
            }
            : null;
    }

    internal static void Delete(DbConnection connection, long number, string condition)
    {
        using var delete = connection.Prepare(
            $"""
            DELETE FROM issuance_source
              WHERE issuance IN (SELECT id FROM issuance WHERE number = $0 AND {condition})
            """, 1);
        delete.With(number).ExecuteNonQuery();
    }
}
