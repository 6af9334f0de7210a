using System.Buffers.Text;
using System.Text;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>Answers lists page by page.</summary>
internal static class Pages
{
    /// <summary>Returns a page of the records whose keys begin with these parts.</summary>
    public static async ValueTask<Page<T>> PageAsync<T>(
        this TransactionContext context, RecordKey prefix, int pageSize, string bookmark)
        where T : class
    {
        var (entries, next) = await context.EntriesAsync(prefix, pageSize, bookmark);
        return new Page<T>([.. entries.Select(item => LedgerRecords.Parse<T>(item.Value))], next);
    }

    /// <summary>Returns a page of stored forms with their keys, and what the next page is asked for with.</summary>
    public static async ValueTask<(IReadOnlyList<KeyValue> Entries, string? Next)> EntriesAsync(
        this TransactionContext context, RecordKey prefix, int pageSize, string bookmark)
    {
        if (pageSize is < 1 or > Limits.MaxPageSize)
        {
            throw Refusal.Because(
                ErrorCodes.PageInvalid,
                $"The page size is {pageSize}: it must be from 1 to {Limits.MaxPageSize}.",
                "/pageSize");
        }

        var page = await context.Stub.GetStateByPartialCompositeKeyWithPaginationAsync(
            prefix.ObjectType, prefix.Attributes, pageSize, Decode(bookmark, LedgerRecords.StateKeyOf(prefix)));
        string? next = page.Bookmark.Length == 0
            ? null : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(page.Bookmark));
        return (page.Items, next);
    }

    /// <summary>Returns a page of the records of one kind, of one institution or, for an empty name, of all.</summary>
    public static ValueTask<Page<T>> PageOfAsync<T>(
        this TransactionContext context, string objectType, string mspId, int pageSize, string bookmark)
        where T : class
    {
        if (mspId.Length == 0) return context.PageAsync<T>(new RecordKey(objectType), pageSize, bookmark);

        Require.MspId(mspId, "/mspId");
        return context.PageAsync<T>(new RecordKey(objectType, mspId), pageSize, bookmark);
    }

    /// <summary>
    /// A peer's bookmark is the key that the next page starts with: one of another list must not start it.
    /// </summary>
    private static string Decode(string bookmark, string prefix)
    {
        if (bookmark.Length == 0) return "";

        if (Base64Url.IsValid(bookmark))
        {
            string key = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(bookmark));
            if (key.StartsWith(prefix, StringComparison.Ordinal) && CompositeKey.IsComposite(key)) return key;
        }

        throw Refusal.Because(
            ErrorCodes.PageInvalid,
            "The bookmark is none of this list: send the one that came with the page before; none for the first.",
            "/bookmark");
    }
}
