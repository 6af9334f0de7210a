using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Federating;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Signing;
using MicroCreds.Ledger.Gateway.Wallets;
using MicroCreds.Ledger.Gateway.Wallets.Offering;

namespace MicroCreds.Ledger.Gateway.Federating;

/// <summary>
/// Writes and signs what this gateway's institution says in OpenID Federation: of itself, and of other members what
/// stands on the ledger. It signs with its issuer key, which the others know from the ledger. Thread-safe.
/// </summary>
internal sealed class EntityStatements(
    FederationMembers members, LedgerProjection projection, LedgerIdentity identity, IssuerKeys keys,
    OwnMarks marks, IssuerMetadata wallets, OfferMaking offers, PublicAddress address, SignedForAll signed,
    TimeProvider time)
{
    /// <summary>
    /// How long a statement is good at most: who leaves, or loses an accreditation, is vouched for by an old one for no
    /// longer.
    /// </summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>Describes this gateway's institution.</summary>
    /// <exception cref="ProtocolFault">
    /// It is no entity: it is not confirmed, or its DID stands for no address.
    /// </exception>
    public ValueTask<byte[]> ConfigurationAsync(CancellationToken cancellationToken)
    {
        var own = RequireOwn();
        var claims = Begin(own.Entity, own.Entity);
        claims["jwks"] = IssuerIdentity.KeySet(own.Institution);
        claims["metadata"] = MetadataOf(own);

        // Each of them vouches for this one; and this one vouches for each of them.
        var others = members.MayVouch ? members.Others : [];
        if (others.Count > 0) claims["authority_hints"] = TextList.Of(others.Select(one => one.Entity));
        if (marks.Of(own.Entity) is { Count: > 0 } given) claims["trust_marks"] = given;
        claims["trust_mark_issuers"] = new JsonObject(FederationAddresses.Marks.Select(mark =>
            KeyValuePair.Create(mark, (JsonNode?)TextList.Of(own.Entity))));
        return SignAsync(own, FederationToken.Statement, claims, cancellationToken);
    }

    /// <summary>Says of another member what stands on the ledger.</summary>
    /// <exception cref="ProtocolFault">This gateway's institution is no entity.</exception>
    public ValueTask<byte[]> SubordinateAsync(FederationMember member, CancellationToken cancellationToken)
    {
        var own = RequireOwn();
        var claims = Begin(own.Entity, member.Entity);
        claims["jwks"] = IssuerIdentity.KeySet(member.Institution);
        claims["metadata"] = LedgerMetadataOf(member);
        claims["constraints"] = new JsonObject { ["max_path_length"] = 0 };
        claims["source_endpoint"] = address.Url + FederationAddresses.Fetch;
        return SignAsync(own, FederationToken.Statement, claims, cancellationToken);
    }

    /// <summary>Gives a mark of a member, as the ledger has it now.</summary>
    /// <returns>The mark; null if the member does not have it.</returns>
    /// <exception cref="RecordUnreadableException">What it rests on cannot be read.</exception>
    public async ValueTask<byte[]?> TrustMarkAsync(
        string mark, FederationMember member, CancellationToken cancellationToken)
    {
        var own = RequireOwn();
        var claims = Begin(own.Entity, member.Entity);
        claims["trust_mark_type"] = mark;

        // What the type was called before the specification was final, and what libraries look for.
        claims["id"] = mark;
        claims["consortium"] = identity.Name;
        if (mark == FederationAddresses.Accredited)
        {
            var accreditations = AccreditationsOf(member);
            if (accreditations.Count == 0) return null;
            claims["accreditations"] = new JsonArray([.. accreditations.Select(Describe)]);
            if (accreditations.Select(one => one.LapsesAt).Min() is { } end && end < time.GetUtcNow() + Lifetime)
                claims["exp"] = end.ToUnixTimeSeconds();
        }

        return await SignAsync(own, FederationToken.TrustMark, claims, cancellationToken);
    }

    /// <summary>Answers what a member's metadata are with this gateway's institution as trust anchor.</summary>
    /// <param name="member">The member.</param>
    /// <param name="configuration">Its own configuration, as it was fetched.</param>
    /// <param name="types">The entity types whose metadata are asked for; none asks for all.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    /// <exception cref="FormatException">The configuration is not the member's.</exception>
    public async ValueTask<byte[]> ResolveAsync(
        FederationMember member, ReadOnlyMemory<byte> configuration, IReadOnlyCollection<string> types,
        CancellationToken cancellationToken)
    {
        var own = RequireOwn();
        var said = FederationToken.ReadConfiguration(
            configuration, member.Institution, member.Entity, time.GetUtcNow());
        var claims = Begin(own.Entity, member.Entity);
        claims["exp"] = Math.Min((long)claims["exp"]!, (long)said["exp"]!);
        var metadata = said["metadata"]?.DeepClone() as JsonObject ?? [];
        foreach (var (type, decided) in LedgerMetadataOf(member))
        {
            if (metadata[type] is not JsonObject found) continue;

            // Where the ledger has none of these, the member has none either.
            foreach (string name in OfLedger) found.Remove(name);
            foreach (var (name, value) in decided!.AsObject()) found[name] = value!.DeepClone();
        }

        if (types.Count > 0)
        {
            foreach (string type in metadata.Select(one => one.Key).Where(type => !types.Contains(type)).ToArray())
                metadata.Remove(type);
        }

        claims["metadata"] = metadata;
        claims["trust_chain"] = TextList.Of(
        [
            Encoding.ASCII.GetString(configuration.Span),
            Encoding.ASCII.GetString(await SubordinateAsync(member, cancellationToken)),
            Encoding.ASCII.GetString(await ConfigurationAsync(cancellationToken)),
        ]);
        var marks = new JsonArray();
        foreach (string mark in FederationAddresses.Marks)
        {
            if (await TrustMarkAsync(mark, member, cancellationToken) is not { } token) continue;
            marks.Add(new JsonObject
            {
                ["trust_mark_type"] = mark,
                ["id"] = mark,
                ["trust_mark"] = Encoding.ASCII.GetString(token),
            });
        }

        claims["trust_marks"] = marks;
        return await SignAsync(own, FederationToken.Resolved, claims, cancellationToken);
    }

    private FederationMember RequireOwn() => members.Own ?? throw new ProtocolFault(
        "not_found",
        "This institution is no entity of a federation: the members have not confirmed it, or its DID is no did:web.",
        StatusCodes.Status404NotFound);

    private JsonObject Begin(string issuer, string subject)
    {
        var now = time.GetUtcNow();
        return new JsonObject
        {
            ["iss"] = issuer,
            ["sub"] = subject,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + Lifetime).ToUnixTimeSeconds(),
        };
    }

    private async ValueTask<byte[]> SignAsync(
        FederationMember own, string type, JsonObject claims, CancellationToken cancellationToken)
    {
        var (key, registered) = keys.FindActive(own.Institution)
            ?? throw new ProtocolFault(
                ProtocolFault.Busy, "No key of this gateway is in force on the ledger, so it cannot sign.",
                StatusCodes.Status503ServiceUnavailable);
        return await signed.SignAsync(
            new TokenKey(key.Signer, own.Institution.Did, registered.Id), type, claims, cancellationToken);
    }

    private JsonObject MetadataOf(FederationMember own)
    {
        var metadata = LedgerMetadataOf(own);
        var entity = metadata["federation_entity"]!;
        entity["federation_fetch_endpoint"] = address.Url + FederationAddresses.Fetch;
        entity["federation_list_endpoint"] = address.Url + FederationAddresses.List;
        entity["federation_resolve_endpoint"] = address.Url + FederationAddresses.Resolve;
        entity["federation_trust_mark_endpoint"] = address.Url + FederationAddresses.TrustMark;
        if (!offers.IsOpen) return metadata;
        var issuer = wallets.OfIssuer();

        // Wallets are taken by whatever name they give themselves, and nobody is registered before.
        issuer["client_registration_types_supported"] = TextList.Of("automatic");

        // Libraries leave out what they do not know by its name, as the keys below jwt_vc_issuer.
        issuer["jwks"] = IssuerIdentity.KeySet(own.Institution);
        metadata["openid_credential_issuer"] = issuer;
        metadata["oauth_authorization_server"] = wallets.OfServer();
        return metadata;
    }

    // What an institution is, and by which keys it issues, is the ledger's to say: it decides over its own word.
    private static readonly string[] OfLedger = ["organization_name", "homepage_uri", "did", "jwks", "jwks_uri"];

    private static JsonObject LedgerMetadataOf(FederationMember member)
    {
        var institution = member.Institution;
        var entity = new JsonObject { ["organization_name"] = institution.Name };
        if (institution.Website is { } website) entity["homepage_uri"] = website;
        var issuer = IssuerIdentity.VcIssuerMetadata(institution, institution.Did);
        issuer["did"] = institution.Did;
        return new JsonObject { ["federation_entity"] = entity, ["jwt_vc_issuer"] = issuer };
    }

    private IReadOnlyList<StandingAccreditation> AccreditationsOf(FederationMember member)
    {
        string mspId = member.Institution.MspId;
        var records = projection.AccreditationRecordsOf(mspId, achievement: null)
            ?? throw new RecordUnreadableException(
                "A record on accreditation cannot be read here: the contract may be newer than this gateway.");
        return StandingAccreditation.AllOf(records, identity.Name, mspId, time.GetUtcNow());
    }

    private static JsonNode Describe(StandingAccreditation one)
    {
        var described = new JsonObject
        {
            ["accreditor"] = one.Accreditor.Did,
            ["accreditor_name"] = one.Accreditor.Name,
            ["id"] = one.Id,
            ["scopes"] = new JsonArray([.. one.Standing.Scopes.Select(scope => (JsonNode)new JsonObject
            {
                ["levels"] = new JsonArray([.. scope.Levels.Select(level => (JsonNode)level)]),
                ["fields"] = TextList.Of(scope.Fields),
                ["achievements"] = TextList.Of(scope.Achievements),
            })]),
        };
        if (one.Standing.Since is { } since) described["since"] = since.ToUnixTimeSeconds();
        if (one.LapsesAt is { } end) described["until"] = end.ToUnixTimeSeconds();
        if (one.Standing.Reference is { } reference) described["reference"] = reference;
        return described;
    }
}
