using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MicroCreds.Ledger.Credentials.Forms;

/// <summary>
/// A credential in which a digest stands for each thing that is the learner's to withhold, as SD-JWT (RFC 9901) has
/// it: what the Merkle leaf hashes, and the claims of an SD-JWT.
/// </summary>
/// <remarks>
/// That the leaf hashes this form, and not the open document, is what binds an SD-JWT to the ledger although parts of
/// it are withheld: whoever shows any choice of disclosures shows all that the leaf commits to. If an SD-JWT only named
/// its leaf, a thief with an issuer's key could sign other claims beside the leaf of a credential that was anchored
/// before the theft, and so date them back. The open document gives the same leaf, since the salts of its disclosures
/// are derived from its <c>leafSalt</c>; that one is in no disclosure, or what is withheld could be guessed.
/// </remarks>
/// <param name="Members">The credential with digests in place of what can be withheld.</param>
/// <param name="Disclosures">What the digests stand for, in the form that an SD-JWT carries them.</param>
internal sealed record SealedCredential(CanonicalObject Members, IReadOnlyList<byte[]> Disclosures)
{
    /// <summary>The member that holds the digests.</summary>
    public const string DigestsMember = "_sd";

    /// <summary>The member of the credential itself that can be withheld.</summary>
    public const string EvidenceMember = "evidence";

    /// <summary>The subject.</summary>
    public const string SubjectMember = "credentialSubject";

    /// <summary>The bytes of a disclosure's salt, as RFC 9901 recommends.</summary>
    private const int DisclosureSaltBytes = 16;

    /// <summary>What nobody can withhold of the subject: what was achieved. All else is the learner's own.</summary>
    private static readonly string[] Visible = ["achievement", "creditsEarned", "type"];

    // Each has a digest whether it is there or not: that there is a grade, too, is the learner's to tell.
    private static readonly string[] SubjectPlaces = ["id", "identifier", "name", "result"];

    private static readonly string[] CredentialPlaces = [EvidenceMember];

    /// <summary>Tells whether a member of the subject is one that can be withheld.</summary>
    public static bool IsSubjectSealed(string name) => !Visible.Contains(name);

    /// <summary>Seals a credential.</summary>
    /// <param name="credential">
    /// The open document, without proof and anchor; without its subject where that was taken apart before.
    /// </param>
    /// <param name="subject">Its subject, where it was taken apart before. Default is to do so here.</param>
    /// <exception cref="FormatException">It lacks its salt or its subject, or was sealed already.</exception>
    public static SealedCredential Of(CanonicalObject credential, CanonicalObject? subject = null)
    {
        if (subject is null && credential[SubjectMember] is { } bytes) subject = CanonicalObject.Split(bytes);
        if (credential[CredentialVocabulary.SaltMember] is not { Length: > 2 } salt || subject is null)
            throw new FormatException("A credential without its salt or its subject has no leaf.");

        if (credential[DigestsMember] is not null || subject[DigestsMember] is not null)
            throw new FormatException("A credential that is sealed already cannot be sealed again.");

        var disclosures = new List<byte[]>(SubjectPlaces.Length + 1);
        using var sealing = new Sealing(salt.Span[1..^1].ToArray(), disclosures);
        foreach (string name in subject.Names)
        {
            if (IsSubjectSealed(name)) sealing.Add("/" + SubjectMember, name, subject);
        }

        foreach (string name in SubjectPlaces)
        {
            if (subject[name] is null) sealing.AddDecoy("/" + SubjectMember, name);
        }

        var sealedSubject = sealing.Seal(subject.Where(name => !IsSubjectSealed(name)));

        foreach (string name in CredentialPlaces)
        {
            if (credential[name] is null) sealing.AddDecoy("", name);
            else sealing.Add("", name, credential);
        }

        return new SealedCredential(
            sealing.Seal(credential.Without(CredentialVocabulary.SaltMember).Without(EvidenceMember))
                .With(SubjectMember, sealedSubject.ToArray()),
            disclosures);
    }

    /// <summary>Gives the digest of a disclosure in the form that an SD-JWT carries it.</summary>
    public static string DigestOf(ReadOnlySpan<byte> disclosure)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(disclosure, hash);
        return Base64Url.EncodeToString(hash);
    }

    /// <summary>The digests of one object, while they are gathered.</summary>
    private sealed class Sealing(byte[] key, List<byte[]> disclosures) : IDisposable
    {
        private static readonly int SaltTextBytes = Base64Url.GetEncodedLength(DisclosureSaltBytes);
        private static readonly int DigestTextBytes = Base64Url.GetEncodedLength(SHA256.HashSizeInBytes);

        private readonly IncrementalHash _secret = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        private readonly List<byte[]> _digests = [];

        public void Add(string path, string name, CanonicalObject holder)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            Derive($"{path}/{name}", hash);
            byte[] disclosure = DisclosureOf(
                hash[..DisclosureSaltBytes], QuotedNames.Of(name), holder[name]!.Value.Span);
            disclosures.Add(disclosure);
            SHA256.HashData(disclosure, hash);
            _digests.Add(StrictBase64Url.Encode(hash));
        }

        public void AddDecoy(string path, string name)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            Derive($"decoy:{path}/{name}", hash);
            _digests.Add(StrictBase64Url.Encode(hash));
        }

        // Sorted by digest, so that the order tells nothing.
        public CanonicalObject Seal(CanonicalObject holder)
        {
            _digests.Sort(static (one, other) => one.AsSpan().SequenceCompareTo(other));
            byte[] list = new byte[1 + (_digests.Count * (DigestTextBytes + 3))];
            int at = 0;
            list[at++] = (byte)'[';
            foreach (byte[] digest in _digests)
            {
                list[at++] = (byte)'"';
                digest.CopyTo(list, at);
                at += digest.Length;
                list[at++] = (byte)'"';
                list[at++] = (byte)',';
            }

            list[^1] = (byte)']';
            _digests.Clear();
            return holder.With(DigestsMember, list);
        }

        public void Dispose() => _secret.Dispose();

        // A list of salt, name and value, in base64url.
        private static byte[] DisclosureOf(ReadOnlySpan<byte> salt, byte[] quotedName, ReadOnlySpan<byte> value)
        {
            int length = SaltTextBytes + quotedName.Length + value.Length + 6;
            byte[] list = ArrayPool<byte>.Shared.Rent(length);
            list[0] = (byte)'[';
            list[1] = (byte)'"';
            Base64Url.EncodeToUtf8(salt, list.AsSpan(2), out _, out int at);
            at += 2;
            list[at++] = (byte)'"';
            list[at++] = (byte)',';
            quotedName.CopyTo(list, at);
            at += quotedName.Length;
            list[at++] = (byte)',';
            value.CopyTo(list.AsSpan(at));
            list[at + value.Length] = (byte)']';
            byte[] disclosure = StrictBase64Url.Encode(list.AsSpan(0, length));
            ArrayPool<byte>.Shared.Return(list, clearArray: true);
            return disclosure;
        }

        private void Derive(string purpose, Span<byte> hash)
        {
            _secret.AppendData(Encoding.UTF8.GetBytes(purpose));
            _secret.GetHashAndReset(hash);
        }
    }
}
