using MicroCreds.Fabric.Protocol.Common;

namespace MicroCreds.Fabric.Protocol;

/// <summary>
/// Reads policies as operators write them: <c>OutOf(2, 'AMSP.peer', AND('BMSP.member', 'CMSP.admin'))</c>.
/// </summary>
/// <remarks>
/// Source: Fabric's policydsl. Roles are member, admin, client, peer and orderer; AND, OR and OutOf may be written in
/// any case and nest up to <see cref="MaxDepth"/>. Thread-safe.
/// </remarks>
public static class SignaturePolicyText
{
    /// <summary>How deep a policy may nest.</summary>
    public const int MaxDepth = 16;

    /// <summary>Reads a policy.</summary>
    /// <exception cref="FormatException">The text is not a policy; the message names the position.</exception>
    public static SignaturePolicyEnvelope Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var reader = new Reader(text);
        var policy = reader.ReadPolicy(depth: 0);
        reader.ExpectEnd();
        return policy;
    }

    private sealed class Reader(string text)
    {
        private int _position;

        public SignaturePolicyEnvelope ReadPolicy(int depth)
        {
            if (depth > MaxDepth)
            {
                throw Fault($"nested deeper than {MaxDepth}");
            }

            SkipSpace();
            if (_position < text.Length && text[_position] is '\'' or '"')
            {
                return ReadPrincipal();
            }

            string gate = ReadWord();
            Expect('(');
            int? n = gate.ToUpperInvariant() switch
            {
                "AND" => null,
                "OR" => 1,
                "OUTOF" => ReadCount(),
                _ => throw Fault($"'{gate}' is not AND, OR or OutOf"),
            };
            return ReadGate(n, depth);
        }

        public void ExpectEnd()
        {
            SkipSpace();
            if (_position != text.Length)
            {
                throw Fault("more text after the end of the policy");
            }
        }

        private SignaturePolicyEnvelope ReadGate(int? n, int depth)
        {
            var policies = new List<SignaturePolicyEnvelope>();
            do
            {
                policies.Add(ReadPolicy(depth + 1));
                SkipSpace();
            }
            while (TryRead(','));

            Expect(')');
            if (n > policies.Count)
            {
                throw Fault($"OutOf asks for {n} of {policies.Count}");
            }

            return SignaturePolicies.OutOf(n ?? policies.Count, policies);
        }

        private int ReadCount()
        {
            string digits = ReadWord();
            Expect(',');
            return int.TryParse(digits, System.Globalization.NumberStyles.None, null, out int n)
                ? n
                : throw Fault($"'{digits}' is not a count");
        }

        private SignaturePolicyEnvelope ReadPrincipal()
        {
            char quote = text[_position++];
            int end = text.IndexOf(quote, _position);
            if (end < 0)
            {
                throw Fault("a principal's closing quote is missing");
            }

            string principal = text[_position..end];
            int dot = principal.LastIndexOf('.');
            if (dot <= 0 || !Enum.TryParse<MSPRole.Types.MSPRoleType>(principal[(dot + 1)..], true, out var role)
                || !Enum.IsDefined(role) || char.IsDigit(principal[dot + 1]))
            {
                throw Fault($"'{principal}' is not an MSP id, a dot and a role (member, admin, client, peer, orderer)");
            }

            _position = end + 1;
            return SignaturePolicies.SignedBy(principal[..dot], role);
        }

        private string ReadWord()
        {
            SkipSpace();
            int start = _position;
            while (_position < text.Length && char.IsAsciiLetterOrDigit(text[_position]))
            {
                _position++;
            }

            return start < _position ? text[start.._position] : throw Fault("a gate, count or principal is missing");
        }

        private void Expect(char expected)
        {
            SkipSpace();
            if (!TryRead(expected))
            {
                throw Fault($"'{expected}' is missing");
            }
        }

        private bool TryRead(char expected)
        {
            if (_position >= text.Length || text[_position] != expected)
            {
                return false;
            }

            _position++;
            return true;
        }

        private void SkipSpace()
        {
            while (_position < text.Length && char.IsWhiteSpace(text[_position]))
            {
                _position++;
            }
        }

        private FormatException Fault(string what) =>
            new($"The endorsement policy \"{text}\" cannot be read at position {_position}: {what}.");
    }
}
