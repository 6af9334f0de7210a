using Google.Protobuf;
using MicroCreds.Fabric.Protocol.Common;
using RoleType = MicroCreds.Fabric.Protocol.Common.MSPRole.Types.MSPRoleType;

namespace MicroCreds.Fabric.Protocol;

/// <summary>
/// The organisations that must all endorse each change of a key, to be changed one by one. For other rules see
/// <see cref="SignaturePolicies"/>.
/// </summary>
/// <remarks>Not thread-safe. Source: <c>pkg/statebased</c> of Fabric's chaincode library for Go.</remarks>
public sealed class KeyEndorsementPolicy
{
    private readonly SortedDictionary<string, RoleType> _roles = new(StringComparer.Ordinal);

    /// <summary>Gets the MSP ids of the organisations, sorted.</summary>
    public IReadOnlyCollection<string> Organizations => _roles.Keys;

    /// <summary>
    /// Reads which organisations a policy names, whatever its rule was: <see cref="ToPolicy"/> makes of "any of them"
    /// that all must endorse. Of no policy there are none.
    /// </summary>
    /// <param name="policy">The policy, such as a stub returns it.</param>
    /// <exception cref="InvalidProtocolBufferException">A principal of it is no role.</exception>
    public static KeyEndorsementPolicy From(SignaturePolicyEnvelope? policy)
    {
        var read = new KeyEndorsementPolicy();
        foreach (var principal in policy?.Identities ?? [])
        {
            if (principal.PrincipalClassification == MSPPrincipal.Types.Classification.Role)
            {
                var role = MSPRole.Parser.ParseAsGo(principal.Principal);
                read._roles[role.MspIdentifier] = role.Role;
            }
        }

        return read;
    }

    /// <summary>Adds organisations; one that is there gets the role.</summary>
    /// <param name="role">Whose signature counts: Member, or Peer.</param>
    /// <param name="mspIds">The organisations.</param>
    /// <exception cref="ArgumentException">The role is another one, or an id is empty.</exception>
    public KeyEndorsementPolicy Add(RoleType role, params IEnumerable<string> mspIds)
    {
        ArgumentNullException.ThrowIfNull(mspIds);
        if (role is not (RoleType.Member or RoleType.Peer))
        {
            throw new ArgumentException($"{role} endorses nothing: take Member or Peer.", nameof(role));
        }

        foreach (string mspId in mspIds)
        {
            ArgumentException.ThrowIfNullOrEmpty(mspId, nameof(mspIds));
            _roles[mspId] = role;
        }

        return this;
    }

    /// <summary>Takes organisations away; one that is not there is no error.</summary>
    public KeyEndorsementPolicy Remove(params IEnumerable<string> mspIds)
    {
        ArgumentNullException.ThrowIfNull(mspIds);
        foreach (string mspId in mspIds)
        {
            _roles.Remove(mspId);
        }

        return this;
    }

    /// <summary>Returns the policy: one signature of each, in the order of their ids.</summary>
    /// <exception cref="InvalidOperationException">
    /// There are no organisations: everybody would satisfy the policy, and no gateway finds endorsers for it.
    /// </exception>
    public SignaturePolicyEnvelope ToPolicy() => _roles.Count > 0
        ? SignaturePolicies.And([.. _roles.Select(entry => SignaturePolicies.SignedBy(entry.Key, entry.Value))])
        : throw new InvalidOperationException(
            "The policy names no organisation, so that everybody would satisfy it: add one, or take the key's policy "
            + "away (ClearStateValidationParameterAsync), so that the chaincode's counts.");
}
