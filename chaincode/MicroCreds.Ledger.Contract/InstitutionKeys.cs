using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>
/// The institutions' keys, of issuing and of the log: registered by proof of possession, withdrawn for good, never
/// removed.
/// </summary>
internal static class InstitutionKeys
{
    public static async Task<Written<Institution>> AddAsync(
        TransactionContext context, SignedStatement<KeyStatement> statement)
    {
        context.RequireRegistrar();
        var given = statement.Statement;
        var founding = await SignedStatements.RequireMadeForHereAsync(
            context, given.Type, KeyStatement.TypeName, given.Ledger, given.MspId);
        Require.Fragment(given.KeyId, "/statement/keyId");
        var (possessor, countersignature) = RequirePossession(statement);
        RequirePurpose(given, possessor.Elliptic);

        var (institution, members) = await ReadAsync(context);
        if (FindRegistered(institution, given) is not null)
        {
            return new Written<Institution>(institution, Unchanged: true);
        }

        if (institution.Keys.Count >= Limits.MaxKeysPerInstitution)
        {
            throw Refusal.Because(
                ErrorCodes.LimitReached,
                $"{institution.MspId} has registered {institution.Keys.Count} keys, the most an institution may have.");
        }

        var key = new SigningKey
        {
            Id = given.KeyId,
            PublicKeyMultibase = given.PublicKeyMultibase,
            MlDsaMultibase = given.MlDsaMultibase,
            CountersignedBy = given.CountersignedBy,
            Countersignature = countersignature,
            ValidFrom = context.Time(),
        };
        if (KeyRatchet.FaultOf(founding, institution.MspId, institution.Keys, key) is { } fault)
        {
            throw given.MlDsaMultibase is null
                ? Require.Invalid("/statement/mlDsaMultibase", fault)
                : Require.Invalid("/statement/countersignedBy", fault);
        }

        return await WriteAsync(
            context, institution with { Keys = [.. WithoutElliptic(institution.Keys, key), key] }, members);
    }

    /// <summary>
    /// With the first key that has a half of ML-DSA-44 those without are withdrawn: else whoever breaks elliptic keys
    /// would sign with them.
    /// </summary>
    private static IEnumerable<SigningKey> WithoutElliptic(IReadOnlyList<SigningKey> keys, SigningKey added) =>
        added.MlDsaMultibase is null || KeyRatchet.IsHeld(keys)
            ? keys
            : keys.Select(key => key.IsForLog ? key : key with { RevokedAt = key.RevokedAt ?? added.ValidFrom });

    public static async Task<Written<Institution>> RevokeAsync(TransactionContext context, KeyRevocation revocation)
    {
        context.RequireRegistrar();
        Require.Fragment(revocation.KeyId, "/keyId");
        var (institution, members) = await ReadAsync(context);
        var key = institution.Keys.FirstOrDefault(k => k.Id == revocation.KeyId)
            ?? throw SignedStatements.KeyUnknown(institution.MspId, revocation.KeyId, "/keyId");
        CheckCompromised(revocation.CompromisedSince, key, context.Time());
        if (key.RevokedAt is not null && key.CompromisedSince == revocation.CompromisedSince)
        {
            return new Written<Institution>(institution, Unchanged: true);
        }

        var revoked = key with
        {
            RevokedAt = key.RevokedAt ?? context.Time(),
            CompromisedSince = revocation.CompromisedSince,
        };
        var after = institution with { Keys = [.. institution.Keys.Select(k => k.Id == key.Id ? revoked : k)] };
        return await WriteAsync(context, after, members);
    }

    private static async ValueTask<(Institution Institution, IReadOnlyList<string> Members)> ReadAsync(
        TransactionContext context)
    {
        string mspId = context.ClientIdentity.MspId;
        var found = await context.ReadAsync(RecordKey.Institution(mspId), RecordKey.Members());
        return (Institutions.RequireRegistered(found[0], mspId), LedgerRecords.ParseMembers(found[1]));
    }

    private static async Task<Written<Institution>> WriteAsync(
        TransactionContext context, Institution institution, IReadOnlyList<string> members)
    {
        await context.WriteInstitutionAsync(institution, members);
        return new Written<Institution>(institution);
    }

    /// <summary>
    /// What a key is for stands in its name; it is said besides, so that nobody gets the one by a name meant for the
    /// other.
    /// </summary>
    private static void RequirePurpose(KeyStatement given, PublicKey key)
    {
        if (given.Purpose is not (null or KeyPurpose.Log))
        {
            throw Require.Invalid(
                "/statement/purpose",
                $"must be left out, for a key that signs statements, or be {KeyPurpose.Log}, for one of the log.");
        }

        bool isForLog = given.Purpose is not null;
        if (KeyPurpose.IsForLog(given.KeyId) != isForLog)
        {
            throw Require.Invalid(
                "/statement/keyId",
                isForLog
                    ? $"must begin with {KeyPurpose.LogPrefix}, as the names of the log's keys do."
                    : $"begins with {KeyPurpose.LogPrefix}, as the names of the log's keys do: choose another name.");
        }

        if (isForLog && key.Algorithm != KeyAlgorithm.Ed25519)
        {
            throw Require.Invalid(
                "/statement/publicKeyMultibase", "must be a key of Ed25519 (z6Mk…): the log's heads are signed so.");
        }
    }

    /// <summary>Refuses a key that did not sign its own registration, with each of its halves.</summary>
    /// <returns>The key, and the countersignature behind its own signature, which is judged later.</returns>
    private static (StatementKey Key, string? Countersignature) RequirePossession(
        SignedStatement<KeyStatement> statement)
    {
        var given = statement.Statement;
        var key = new StatementKey(
            Parse(given.PublicKeyMultibase, Multikey.Parse, "/statement/publicKeyMultibase"),
            given.MlDsaMultibase is { } mlDsa ? Parse(mlDsa, MlDsaKey.Parse, "/statement/mlDsaMultibase") : null);
        if (!Statements.TryDecodeSignature(statement.Signature, given.SignatureLength, out byte[] signature)
            || !key.Verify(Statements.BytesToSign(given), signature.AsSpan(0, key.SignatureLength)))
        {
            throw Refusal.Because(
                ErrorCodes.SignatureInvalid,
                "The new key did not sign this statement: sign its canonical JSON with the key that is registered, so "
                + $"that nobody registers a key of someone else; {given.SignatureLength} bytes are due.",
                "/signature");
        }

        return (key, given.CountersignedBy is null
            ? null : Statements.EncodeSignature(signature.AsSpan(key.SignatureLength)));
    }

    private static T Parse<T>(string multibase, Func<string, T> parse, string field)
    {
        try
        {
            return parse(multibase);
        }
        catch (FormatException e)
        {
            throw Refusal.Because(ErrorCodes.InvalidValue, e.Message, field);
        }
    }

    /// <summary>
    /// Returns the same key if it is registered; refuses one that shares only its name or only its bytes.
    /// </summary>
    private static SigningKey? FindRegistered(Institution institution, KeyStatement given)
    {
        var sameId = institution.Keys.FirstOrDefault(k => k.Id == given.KeyId);
        var sameKey = institution.Keys.FirstOrDefault(k => k.PublicKeyMultibase == given.PublicKeyMultibase);
        var sameHalf = given.MlDsaMultibase is null
            ? null : institution.Keys.FirstOrDefault(k => k.MlDsaMultibase == given.MlDsaMultibase);
        if (sameId is null && sameKey is null && sameHalf is null) return null;

        bool isSame = sameId is not null && sameId == sameKey && sameId.MlDsaMultibase == given.MlDsaMultibase;
        if (isSame && sameId!.RevokedAt is null) return sameId;

        if (sameHalf is not null && sameHalf != sameKey)
        {
            throw Refusal.Because(
                ErrorCodes.KeyConflict,
                $"The half of ML-DSA-44 is that of {sameHalf.Id}: make a new one.", "/statement/mlDsaMultibase");
        }

        if (sameKey is not null)
        {
            string why = sameKey.RevokedAt is null ? $"is registered as {sameKey.Id}" : "was withdrawn, which is final";
            throw Refusal.Because(
                ErrorCodes.KeyConflict, $"The key {why}: register a new one.", "/statement/publicKeyMultibase");
        }

        throw Refusal.Because(
            ErrorCodes.KeyConflict,
            $"{given.KeyId} names another key of {institution.MspId}: names are never used again, choose a new one.",
            "/statement/keyId");
    }

    private static void CheckCompromised(DateTimeOffset? since, SigningKey key, DateTimeOffset now)
    {
        const string Field = "/compromisedSince";
        if (since > now) throw Require.Invalid(Field, "lies after this transaction: name a time that is past.");

        if (since < key.ValidFrom)
        {
            throw Require.Invalid(Field, "lies before the key was registered: name that time or a later one.");
        }

        if (key.CompromisedSince is { } known && (since is null || since > known))
        {
            throw Require.Invalid(
                Field,
                "is later than what was reported before, or missing: it can only be moved earlier, as verifiers rely "
                + "on it.");
        }
    }
}
