"""The equations of the scenes, in the papers' letters, and where they stand."""

GOODFELLOW = "Goodfellow et al., “Generative Adversarial Nets”, NeurIPS 2014"
ISOLA = "Isola, Zhu, Zhou & Efros, “Image-to-Image Translation with Conditional Adversarial Networks”, CVPR 2017"
ZHU = "Zhu, Park, Isola & Efros, “Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks”, ICCV 2017"
WANG = "Wang et al., “High-Resolution Image Synthesis and Semantic Manipulation with Conditional GANs”, CVPR 2018"
D_OF_GAN = r"\mathbb E_x\log D(x)+\mathbb E_z\log\bigl(1-D(G(z))\bigr)"

GAME = {
    "minimax": (rf"\min_G\max_D\ {D_OF_GAN}", f"{GOODFELLOW}, (1)"),
    "non_saturating": (rf"\max_D\ {D_OF_GAN},\quad\max_G\ \mathbb E_z\log D(G(z))", f"{GOODFELLOW}, §3"),
    "least_squares": (
        r"\min_D\ \tfrac12\mathbb E_x(D(x)-1)^2+\tfrac12\mathbb E_z D(G(z))^2,\quad\min_G\ \tfrac12\mathbb E_z(D(G(z))-1)^2",
        "Mao et al., “Least Squares Generative Adversarial Networks”, ICCV 2017, (9)",
    ),
    "wasserstein": (
        r"\min_G\max_{|w|\le c}\ \mathbb E_x D_w(x)-\mathbb E_z D_w(G(z))",
        "Arjovsky, Chintala & Bottou, “Wasserstein GAN”, ICML 2017, algorithm 1; c = 0.1",
    ),
    "wasserstein_gp": (
        r"\min_D\ \mathbb E_z D(G(z))-\mathbb E_x D(x)+\lambda\,\mathbb E_{\hat x}\bigl(\lVert\nabla D(\hat x)\rVert_2-1\bigr)^2",
        "Gulrajani et al., “Improved Training of Wasserstein GANs”, NeurIPS 2017, (3); λ = 10",
    ),
}
EQUATIONS = {
    "eye": (r"D(x,y)=\frac1{hw}\sum_{i,j}D_{ij}(x,y),\qquad D_{ij}\ \text{sees}\ N\times N", f"{ISOLA}, §3.3"),
    "compare": (
        r"G^*=\arg\min_G\max_D\ \mathcal L_{cGAN}(G,D)+\lambda\,\mathbb E\lVert y-G(x,z)\rVert_1,\quad\lambda=100",
        f"{ISOLA}, (4)",
    ),
    "film": (
        r"\mathcal L_{cGAN}(G,D)=\mathbb E_{x,y}\log D(x,y)+\mathbb E_{x,z}\log\bigl(1-D(x,G(x,z))\bigr)",
        f"{ISOLA}, (1)",
    ),
    "skips": (
        r"h_{n-i}=\bigl[\,u_i,\ g_i\cdot d_i\,\bigr],\qquad 0\le g_i\le1",
        f"{ISOLA}, §3.2, Fig. 5; g = 1: U-Net, g = 0: encoder-decoder",
    ),
    "noise": (
        r"y=G(x,z),\qquad z=\text{dropout},\qquad \hat h=\gamma\,\frac{h-\mu}{\sqrt{\sigma^2+\epsilon}}+\beta",
        f"{ISOLA}, §3.1, §3.4",
    ),
    "replay": (r"G:\{x,z\}\to y", f"{ISOLA}, §3"),
    "rounds": (
        r"\mathcal L_{cyc}=\mathbb E_x\lVert F(G(x))-x\rVert_1+\mathbb E_y\lVert G(F(y))-y\rVert_1,\qquad "
        r"\mathcal L_{id}=\mathbb E_x\lVert F(x)-x\rVert_1+\mathbb E_y\lVert G(y)-y\rVert_1",
        f"{ZHU}, (2) and §5.2; λ = 10",
    ),
    "street": (
        r"\min_G\Bigl(\max_{D_1,D_2,D_3}\sum_{k=1}^3\mathcal L_{GAN}(G,D_k)+\lambda\sum_{k=1}^3\mathcal L_{FM}(G,D_k)\Bigr)",
        f"{WANG}, (5); λ = 10",
    ),
}
