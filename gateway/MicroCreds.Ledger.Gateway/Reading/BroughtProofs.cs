using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Reading;

/// <summary>
/// Puts proofs that were brought as files of their own to the credentials that they are of: the one rule of all pages
/// that take files.
/// </summary>
internal static class BroughtProofs
{
    /// <summary>The most that are put together: each proof is held against each credential.</summary>
    internal const int MaxEach = 200;

    /// <summary>Gives what was brought, each credential with its proof, if that is there, as one.</summary>
    /// <param name="brought">What was brought.</param>
    /// <param name="documentOf">What lies within a thing; nothing if it was not opened.</param>
    /// <param name="with">Makes of a thing the same with another document in it.</param>
    /// <param name="alone">Makes what is told of a proof whose credential is not there.</param>
    public static IReadOnlyList<T> Pair<T>(
        IReadOnlyList<T> brought, Func<T, byte[]?> documentOf, Func<T, byte[], T> with, Func<T, T> alone)
    {
        var proofs = brought.Index().Where(one => IsProof(documentOf(one.Item))).ToList();
        if (proofs.Count == 0) return brought;
        var credentials = brought.Index().Select(one => (one.Index, Read: Read(documentOf(one.Item))))
            .Where(one => one.Read is not null).Take(MaxEach).ToList();
        var paired = brought.ToArray();
        var gone = new HashSet<int>();
        var left = new List<(int Index, T Item)>();
        int tried = 0;
        foreach (var (index, item) in proofs)
        {
            int of = tried++ < MaxEach
                ? credentials.FindIndex(one => LogProofFile.IsOf(documentOf(item), one.Read!)) : -1;
            if (of < 0) left.Add((index, item));
            else Put(of, index, item);
        }

        // Of the only two that are left the verdict says best why they do not fit.
        if (left is [var only] && credentials.Count == 1) Put(0, only.Index, only.Item);
        else
        {
            foreach (var (index, item) in left) paired[index] = alone(item);
        }

        return [.. paired.Where((_, i) => !gone.Contains(i))];

        void Put(int of, int proof, T item)
        {
            int index = credentials[of].Index;
            paired[index] = with(
                brought[index],
                new ProvenCredential(documentOf(brought[index])!, documentOf(item)!).ToBytes());
            credentials.RemoveAt(of);
            gone.Add(proof);
        }
    }

    /// <summary>The proof that a pasted text is, whose lines a form has changed; nothing if it is none.</summary>
    public static byte[]? OfText(string text)
    {
        byte[] proof = Encoding.UTF8.GetBytes(text.Trim().ReplaceLineEndings("\n") + "\n");
        return ProvenCredential.IsProof(proof) ? proof : null;
    }

    private static bool IsProof(byte[]? document) => document is not null && ProvenCredential.IsProof(document);

    private static ReadCredential? Read(byte[]? document)
    {
        if (document is null || ProvenCredential.IsProof(document)) return null;
        try
        {
            return CredentialReader.Read(document);
        }
        catch (Exception e) when (e is StrictJsonException or CredentialFormatException or JsonException)
        {
            return null;
        }
    }
}
