namespace MicroCreds.Ledger.Store;

/// <summary>
/// Links by which learners get their credentials: each device takes one over once, until the link ends. Thread-safe.
/// </summary>
public sealed class Claims(GatewayStore store)
{
    /// <summary>How many devices may take a credential over by one link.</summary>
    public const int MaxDevices = 10;

    /// <summary>How long it takes until a link that ended sends a new one once more.</summary>
    public static readonly TimeSpan RenewalPause = TimeSpan.FromMinutes(10);

    /// <summary>Makes a link.</summary>
    /// <param name="credential">The UUID of the credential's identifier.</param>
    /// <param name="now">The moment.</param>
    /// <param name="lifetime">How long it works.</param>
    /// <returns>Its secret; null if this gateway keeps no such credential.</returns>
    public async Task<string?> MakeAsync(Guid credential, DateTimeOffset now, TimeSpan lifetime)
    {
        string secret = LearnerSecret.Draw();
        byte[] key = credential.ToByteArray(bigEndian: true);
        bool isMade = await store.Database.WriteAsync(connection =>
        {
            using var insert = connection.Prepare(
                """
                INSERT INTO claim SELECT $0, c.id, $2, $3, 0, NULL FROM credential c WHERE c.id = $1
                """, 4);
            return insert.With(
                LearnerSecret.HashOf(secret), key, now.ToUnixTimeMilliseconds(),
                (now + lifetime).ToUnixTimeMilliseconds()).ExecuteNonQuery() > 0;
        });
        return isMade ? secret : null;
    }

    /// <summary>Finds what a link leads to.</summary>
    public Claim? Find(string secret)
    {
        if (!LearnerSecret.IsOne(secret)) return null;
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            "SELECT credential, created_at, expires_at, devices FROM claim WHERE hash = $0", 1)
            .With(LearnerSecret.HashOf(secret)).ExecuteReader();
        return rows.Read()
            ? new Claim(
                new Guid(rows.GetFieldValue<byte[]>(0), bigEndian: true),
                DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(1)),
                DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(2)), rows.GetInt32(3))
            : null;
    }

    /// <summary>Hands what a link leads to over to a device; one that has it is only told where.</summary>
    /// <returns>The holding's identifier; null if the link ended, or led too many devices there.</returns>
    public Task<string?> TakeAsync(string secret, string device, DateTimeOffset now) =>
        store.Database.WriteAsync(connection =>
        {
            if (Find(secret) is not { } claim || now >= claim.ExpiresAt) return null;
            byte[] hash = LearnerSecret.HashOf(device);
            byte[] credential = claim.Credential.ToByteArray(bigEndian: true);
            if (Holdings.Find(connection, hash, credential) is { } held) return held;
            using var count = connection.Prepare(
                "UPDATE claim SET devices = devices + 1 WHERE hash = $0 AND devices < $1", 2);
            if (count.With(LearnerSecret.HashOf(secret), MaxDevices).ExecuteNonQuery() == 0) return null;
            return Holdings.Add(connection, hash, credential, now);
        });

    /// <summary>
    /// Has a new link be sent to where the mails about the credential went before, unless that was just done.
    /// </summary>
    /// <returns>Whether a mail is sent.</returns>
    public Task<bool> RenewAsync(string secret, DateTimeOffset now) => store.Database.WriteAsync(connection =>
    {
        if (Find(secret) is not { } claim) return false;
        using var note = connection.Prepare(
            "UPDATE claim SET renewed_at = $1 WHERE hash = $0 AND (renewed_at IS NULL OR renewed_at < $2)", 3);
        return note.With(
                LearnerSecret.HashOf(secret), now.ToUnixTimeMilliseconds(),
                (now - RenewalPause).ToUnixTimeMilliseconds()).ExecuteNonQuery() > 0
            && MailDeliveries.AddToSame(connection, claim.Credential, DeliveryKind.Claim, now) is not null;
    });

    /// <summary>Forgets links that ended long ago: after that they do not even send a new one.</summary>
    /// <returns>How many.</returns>
    public Task<int> SweepAsync(DateTimeOffset endedBefore) => store.Database.WriteAsync(connection =>
    {
        using var delete = connection.Prepare("DELETE FROM claim WHERE expires_at < $0", 1);
        return delete.With(endedBefore.ToUnixTimeMilliseconds()).ExecuteNonQuery();
    });
}

/// <summary>What a link leads to.</summary>
/// <param name="Credential">The UUID of the credential's identifier.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends.</param>
/// <param name="Devices">How many devices took the credential over by it.</param>
public sealed record Claim(Guid Credential, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, int Devices);
