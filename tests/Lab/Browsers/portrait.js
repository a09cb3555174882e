// Draws a person before a camera, for the lab's fake cameras, so that a picture of a call looks like one.
(look) => {
  const width = 960, height = 540;
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const c = canvas.getContext('2d');
  const fill = (style, draw) => { c.fillStyle = style; c.beginPath(); draw(); c.fill(); };
  const line = (style, thickness, draw) => {
    Object.assign(c, { strokeStyle: style, lineWidth: thickness, lineCap: 'round' });
    c.beginPath();
    draw();
    c.stroke();
  };
  const down = (from, to, x0 = 0, y0 = 0, x1 = 0, y1 = height) => {
    const gradient = c.createLinearGradient(x0, y0, x1, y1);
    gradient.addColorStop(0, from);
    gradient.addColorStop(1, to);
    return gradient;
  };

  function sea() {
    fill(down('#31515a', '#1d3338'), () => c.rect(0, 0, width, height));
    c.save();
    c.beginPath();
    c.roundRect(560, 46, 330, 300, 14);
    c.clip();
    fill(down('#f7c98b', '#f2e2c4', 0, 46, 0, 240), () => c.rect(560, 46, 330, 300));
    fill('#fff3d6', () => c.arc(760, 196, 42, 0, 7));
    fill(down('#5f9c97', '#2f6a6b', 0, 215, 0, 346), () => c.rect(560, 215, 330, 140));
    line('rgb(255 243 214 / 0.7)', 5, () => {
      for (let i = 0; i < 4; i++) { c.moveTo(738 - i * 7, 236 + i * 24); c.lineTo(782 + i * 7, 236 + i * 24); }
    });
    c.restore();
    line('#e9dfcb', 13, () => { c.roundRect(560, 46, 330, 300, 14); c.moveTo(725, 46); c.lineTo(725, 346); });
    fill('#8a5a3c', () => c.roundRect(90, 372, 190, 16, 6));
    fill('#c2704b', () => c.roundRect(142, 306, 66, 66, [6, 6, 18, 18]));
    line('#6fa07c', 9, () => {
      for (const [x, y] of [[118, 214], [150, 188], [186, 184], [222, 220]]) { c.moveTo(175, 306); c.quadraticCurveTo(170, 250, x, y); }
    });
  }

  function study() {
    fill(down('#6b5546', '#3d3029'), () => c.rect(0, 0, width, height));
    for (const top of [130, 290]) {
      let x = 40;
      for (const [i, tint] of [
        '#d98f5c', '#3f6f73', '#e7c98f', '#93493d', '#5d7f63', '#c8b59b', '#2e4a58', '#d9a441', '#7c5a72',
      ].entries()) {
        const tall = 78 + (i * 37 + top) % 34, wide = 24 + (i * 13 + top) % 15;
        fill(tint, () => c.roundRect(x, top - tall, wide, tall, 3));
        x += wide + 5;
      }
      fill('#2a201b', () => c.rect(0, top, 370, 14));
    }
    c.save();
    c.shadowColor = '#ffd68a';
    c.shadowBlur = 120;
    fill('#ffe3ad', () => { c.moveTo(770, 120); c.lineTo(850, 120); c.lineTo(882, 206); c.lineTo(738, 206); c.closePath(); });
    c.restore();
    line('#2a201b', 7, () => { c.moveTo(810, 206); c.lineTo(810, 420); });
  }

  function person(t) {
    const sway = Math.sin(t * 2 * Math.PI) * 5, nod = Math.sin(t * 4 * Math.PI) * 3;
    const blink = t > 0.46 && t < 0.52, mouth = 5 + 8 * Math.abs(Math.sin(t * 8 * Math.PI)) * (look.talks ? 1 : 0.15);
    const x = 462 + sway, y = 262 + nod;
    fill(look.shirt, () => {
      c.moveTo(220, height);
      c.bezierCurveTo(226, 436, 330, 414, 402, 402);
      c.lineTo(520, 402);
      c.bezierCurveTo(594, 414, 698, 436, 704, height);
    });
    if (look.hair === 'long') fill(look.hairTint, () => {
      c.ellipse(x, y - 6, 138, 156, 0, Math.PI, 0);
      c.bezierCurveTo(x + 148, y + 120, x + 132, y + 172, x + 96, y + 178);
      c.lineTo(x - 96, y + 178);
      c.bezierCurveTo(x - 132, y + 172, x - 148, y + 120, x - 138, y - 6);
    });
    fill(look.shade, () => c.roundRect(x - 46 - sway / 2, y + 82, 92, 86, 36));
    fill(look.collar, () => {
      c.moveTo(396, 406);
      c.quadraticCurveTo(462, 470, 526, 406);
      c.lineTo(546, 414);
      c.quadraticCurveTo(462, 500, 376, 414);
    });
    fill(look.skin, () => { c.ellipse(x - 106, y + 14, 19, 27, 0, 0, 7); c.ellipse(x + 106, y + 14, 19, 27, 0, 0, 7); });
    fill(look.skin, () => {
      c.moveTo(x - 106, y - 40);
      c.bezierCurveTo(x - 106, y - 150, x + 106, y - 150, x + 106, y - 40);
      c.bezierCurveTo(x + 110, y + 66, x + 62, y + 134, x, y + 134);
      c.bezierCurveTo(x - 62, y + 134, x - 110, y + 66, x - 106, y - 40);
    });
    if (look.hair === 'long') fill(look.hairTint, () => {
      c.moveTo(x - 122, y + 20);
      c.bezierCurveTo(x - 150, y - 196, x + 150, y - 196, x + 122, y + 20);
      c.bezierCurveTo(x + 112, y - 60, x + 70, y - 86, x + 26, y - 94);
      c.bezierCurveTo(x - 30, y - 92, x - 96, y - 70, x - 122, y + 20);
    });
    else fill(look.hairTint, () => {
      c.moveTo(x - 112, y - 14);
      c.bezierCurveTo(x - 140, y - 186, x + 140, y - 196, x + 112, y - 14);
      c.bezierCurveTo(x + 104, y - 72, x + 84, y - 92, x + 40, y - 88);
      c.bezierCurveTo(x - 10, y - 84, x - 92, y - 104, x - 112, y - 14);
    });
    for (const side of [-1, 1]) {
      line(look.hairTint, 8, () => { c.moveTo(x + side * 66, y - 36); c.quadraticCurveTo(x + side * 44, y - 48, x + side * 24, y - 38); });
      if (blink) line('#2b1d18', 6, () => {
        c.moveTo(x + side * 58, y - 2);
        c.quadraticCurveTo(x + side * 44, y + 6, x + side * 30, y - 2);
      });
      else fill('#2b1d18', () => c.ellipse(x + side * 44 + sway / 4, y - 4, 10, 13, 0, 0, 7));
      fill(look.blush, () => c.ellipse(x + side * 66, y + 42, 22, 13, 0, 0, 7));
      if (look.glasses) line('#26323a', 6, () => { c.roundRect(x + side * 45 - 34, y - 34, 68, 58, 24); });
    }
    if (look.glasses) line('#26323a', 6, () => { c.moveTo(x - 11, y - 12); c.quadraticCurveTo(x, y - 18, x + 11, y - 12); });
    line(look.shade, 7, () => { c.moveTo(x, y + 6); c.quadraticCurveTo(x + 14, y + 34, x - 4, y + 38); });
    fill('#7c2f2a', () => {
      c.moveTo(x - 38, y + 72);
      c.quadraticCurveTo(x, y + 84 - mouth / 3, x + 38, y + 72);
      c.quadraticCurveTo(x, y + 92 + mouth * 1.6, x - 38, y + 72);
    });
  }

  return (t) => {
    (look.place === 'sea' ? sea : study)();
    person(t);
    return canvas.toDataURL('image/jpeg', 0.86).split(',')[1];
  };
}
