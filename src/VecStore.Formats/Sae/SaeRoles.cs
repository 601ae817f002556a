namespace VecStore.Formats.Sae;

/// <summary>What each array of a file is, whatever it is called there.</summary>
internal sealed class SaeRoles
{
    private static readonly (string Role, string[] Names)[] Aliases =
    [
        ("encoder", ["W_enc", "w_enc", "wenc", "w_e", "encoder.weight", "encoder_linear.weight"]),
        ("decoder", ["W_dec", "w_dec", "wdec", "w_d", "decoder.weight", "decoder_linear.weight"]),
        ("encoder bias", ["b_enc", "benc", "b_e", "encoder.bias", "encoder_linear.bias", "latent_bias"]),
        ("decoder bias", ["b_dec", "bdec", "b_d", "decoder.bias", "decoder_linear.bias", "decoder_bias", "pre_bias", "bias"]),
        ("threshold", ["threshold"]),
        ("log threshold", ["log_threshold", "log_jumprelu_threshold"]),
        ("gate bias", ["b_gate", "gate_bias"]),
        ("magnitude bias", ["b_mag", "mag_bias"]),
        ("magnitude scale", ["r_mag"]),
        ("decoder scale", ["scaling_factor"]),
        ("skip", ["W_skip", "w_skip", "affine_skip_connection"]),
        ("k", ["k"]),
    ];

    // Counters of the training: nothing of the function.
    private static readonly string[] Known = ["stats_last_nonzero", "latents_activation_frequency", "latents_mean_square", "group_sizes", "num_tokens_since_fired", "n_forward_passes_since_fired"];

    private readonly TensorSet set;
    private readonly Dictionary<string, NamedTensor> found = [];

    public SaeRoles(TensorSet set)
    {
        this.set = set;
        foreach (NamedTensor tensor in set.Tensors.Values)
        {
            string name = tensor.Name;
            int dot = name.IndexOf('.', StringComparison.Ordinal);
            (string? role, _) = Array.Find(Aliases, alias => alias.Names.Contains(name));
            // A state dict saved inside another one, or by a wrapper: state_dict.W_enc, module.W_enc, ae.encoder.weight.
            if (role is null && dot > 0) (role, _) = Array.Find(Aliases, alias => alias.Names.Contains(name[(dot + 1)..]));
            if (role is null)
            {
                if (!Known.Contains(name)) Ignored.Add(tensor.ToString());
                continue;
            }
            if (!found.TryAdd(role, tensor)) throw set.Error($"both '{found[role].Name}' and '{name}' are the {role}; it holds {set.Listed()}");
        }
    }

    /// <summary>Arrays without a role.</summary>
    public List<string> Ignored { get; } = [];

    public NamedTensor? this[string role] => found.GetValueOrDefault(role);

    public bool Has(string name) => set.Tensors.ContainsKey(name);

    /// <summary>The length of a role's vector, [n] or a matrix of one row; null without that array or where it is a single number.</summary>
    public int? LengthOf(string role) => this[role] is { } tensor && (tensor.Shape.Length == 1 || tensor.Shape is [1, _]) ? checked((int)tensor.Shape[^1]) : null;
}
